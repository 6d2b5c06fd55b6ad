"""A logged request as a curl command; shell variables stand for the secrets that are masked."""

import re
from collections.abc import Iterator
from shlex import quote
from typing import Final
from urllib.parse import quote as percent_encoded

from altyn.domain.request_log import Endpoint, LoggedRequest, SentParameter
from altyn.masking import CUT, HIDDEN, is_secret_name

BREAK: Final = " \\\n  "
END: Final = "END_OF_MESSAGE"
_NOT_IN_A_VARIABLE: Final = re.compile("[^A-Z0-9]")
_MASKED_ELEMENT: Final = re.compile(rf"<([\w:.\-]+)([^<>]*)>{re.escape(HIDDEN)}<")
_ACTIVE_IN_SHELL: Final = re.compile(r"[\\$`]")


def curl_of(found: LoggedRequest) -> str:
    """The command; empty where the log does not have the body of the request, or its address.

    A value that is masked or cut only in part stays as it is, with a comment above the command.
    """
    facts, content = found.line.facts, found.content
    if not facts.path:
        return ""
    address = quote(f"{content.address}{facts.path}")
    if facts.endpoint is Endpoint.SOAP:
        return _soap(address, content.body) if content.body else ""
    if content.body:
        parts = [f"curl -sS {address}", "-H 'Content-Type: application/json'"]
        if facts.endpoint is Endpoint.PERSONAL_ACCOUNT:
            parts.append('-u "${ALTYN_USER}:${ALTYN_PASSWORD}"')
        return BREAK.join([*parts, f"-d {quote(content.body)}"])
    method = facts.http_method
    begin = f"curl -sS{' -G' if method == 'GET' else f' -X {method}'} {address}"
    lines = [begin, *(f"--data-urlencode {_pair(each)}" for each in content.parameters)]
    return "".join([*_comments(content.parameters), BREAK.join(lines)])


def variable_of(name: str) -> str:
    """The shell variable that stands for a secret parameter."""
    own = re.split(r"[.:]", name)[-1].upper()
    return f"ALTYN_{_NOT_IN_A_VARIABLE.sub('', own)}"


def is_secret(parameter: SentParameter) -> bool:
    """Whether the whole value of a parameter is a secret."""
    return parameter.masked and is_secret_name(parameter.name)


def _pair(parameter: SentParameter) -> str:
    """The argument of --data-urlencode, which reads a file where @ comes before =."""
    name = percent_encoded(parameter.name, safe="")
    if is_secret(parameter):
        return f'{quote(f"{name}=")}"${{{variable_of(parameter.name)}}}"'
    return quote(f"{name}={parameter.value}")


def _comments(parameters: tuple[SentParameter, ...]) -> Iterator[str]:
    for each in parameters:
        if each.cut or each.name == CUT:
            yield f"# {visible_name(each.name)}: the log has its beginning only\n"
        elif each.masked and not is_secret(each):
            yield f"# {visible_name(each.name)}: a part of it is masked; write the original value\n"


def visible_name(name: str) -> str:
    """A name without line breaks, which would end the comment."""
    return repr(name)[1:-1]


def _soap(address: str, message: str) -> str:
    """The command with the message behind it; what the shell would expand in it is escaped."""
    text = _ACTIVE_IN_SHELL.sub(lambda found: f"\\{found[0]}", message)
    text = _MASKED_ELEMENT.sub(
        lambda found: f"<{found[1]}{found[2]}>${{{variable_of(found[1])}}}<", text
    )
    header = "-H 'Content-Type: text/xml; charset=utf-8'"
    return f"curl -sS {address}{BREAK}{header}{BREAK}--data-binary @- <<{END}\n{text}\n{END}"
