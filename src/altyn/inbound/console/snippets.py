"""One request of the API as a program: curl, PHP, Python and Node, ready to paste.

The programs use what each language has without further packages.
"""

import json
import shlex
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

Fields = Mapping[str, str]


def curl_text(address: str, fields: Fields) -> str:
    """The request as a shell command, one parameter a line."""
    lines = [f"curl {shlex.quote(address)}"]
    lines += [f"--data-urlencode {shlex.quote(f'{name}={fields[name]}')}" for name in fields]
    return " \\\n  ".join(lines)


def php_text(address: str, fields: Fields) -> str:
    """The request in PHP, with the curl extension."""
    rows = "\n".join(f"    {_php(name)} => {_php(value)}," for name, value in fields.items())
    return (
        f"<?php\n$fields = [\n{rows}\n];\n$curl = curl_init({_php(address)});\n"
        "curl_setopt_array($curl, [\n    CURLOPT_POSTFIELDS => http_build_query($fields),\n"
        "    CURLOPT_RETURNTRANSFER => true,\n]);\n"
        "$answer = json_decode(curl_exec($curl), true);\nprint_r($answer);"
    )


def python_text(address: str, fields: Fields) -> str:
    """The request in Python, with the standard library."""
    rows = "\n".join(f"    {name!r}: {value!r}," for name, value in fields.items())
    return (
        "import json\nfrom urllib.parse import urlencode\nfrom urllib.request import urlopen\n\n"
        f"fields = {{\n{rows}\n}}\n"
        f"with urlopen({address!r}, urlencode(fields).encode()) as answer:\n"
        "    print(json.load(answer))"
    )


def node_text(address: str, fields: Fields) -> str:
    """The request in JavaScript, for Node 18 and later."""
    rows = "\n".join(f"  {_json(name)}: {_json(value)}," for name, value in fields.items())
    return (
        f"const fields = new URLSearchParams({{\n{rows}\n}});\n"
        f'const answer = await fetch({_json(address)}, {{ method: "POST", body: fields }});\n'
        "console.log(await answer.json());"
    )


def _php(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


PROGRAMS: Final[Mapping[str, Callable[[str, Fields], str]]] = MappingProxyType(
    {"curl": curl_text, "PHP": php_text, "Python": python_text, "Node": node_text}
)
