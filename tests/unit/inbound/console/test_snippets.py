"""Programs of the console: each is run with values that would break a careless one."""

from __future__ import annotations

import ast
import json
import shlex
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from altyn.inbound.console.snippets import curl_text, node_text, php_text, python_text

ADDRESS: Final = "http://127.0.0.1:8080/payment/rest/register.do"
TEXTS: Final = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
FIELDS: Final = st.dictionaries(st.sampled_from(["amount", "description", "a.b"]), TEXTS)


@given(FIELDS)
def test_shell_reads_the_fields_back(fields: dict[str, str]) -> None:
    words = shlex.split(curl_text(ADDRESS, fields).replace("\\\n", " "))
    assert words == [
        *("curl", ADDRESS),
        *(word for name in fields for word in ("--data-urlencode", f"{name}={fields[name]}")),
    ]


@given(FIELDS)
def test_python_reads_the_fields_back(fields: dict[str, str]) -> None:
    [assigned] = [
        each
        for each in ast.parse(python_text(ADDRESS, fields)).body
        if isinstance(each, ast.Assign)
    ]
    assert ast.literal_eval(assigned.value) == fields


@given(FIELDS)
def test_node_reads_the_fields_back(fields: dict[str, str]) -> None:
    text = node_text(ADDRESS, fields)
    rows = text[text.index("{") : text.index("}) ") if "}) " in text else text.index("});") + 1]
    body = rows[1 : rows.rindex("}")].strip().removesuffix(",")
    assert json.loads("{" + body + "}") == fields


@given(TEXTS)
def test_php_quotes_what_ends_a_text(value: str) -> None:
    text = php_text(ADDRESS, {"description": value})
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    assert f"    'description' => '{escaped}',\n" in text
