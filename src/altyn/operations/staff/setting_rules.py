"""Rules for the values of merchants' settings, and how the text that a person types is split.

Source: merchant-settings.md; callbacks.md §1.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult

from altyn.domain.callback import CallbackOperation, is_reserved_header
from altyn.domain.web_address import web_address

KEY_LENGTH_MIN: Final = 8
KEY_LENGTH_MAX: Final = 256
ADDRESSES_MAX: Final = 10
ADDRESS_LENGTH_MAX: Final = 512
PARAMETERS_MAX: Final = 100
HEADERS_MAX: Final = 20
HEADER_LENGTH_MAX: Final = 1024

_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - RFC 7230's word for a header's name
_HEADER: Final = re.compile(rf"({_TOKEN})=(\S(?:.*\S)?)")
_NEXT_HEADER: Final = re.compile(rf",\s*(?={_TOKEN}=)")
_NEXT_ADDRESS: Final = re.compile(r",\s*(?=[A-Za-z][A-Za-z0-9+.-]*://)")
_HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*\.?")
_DIALECT: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
_OPERATION_SPELLINGS: Final = {
    "declinedCardPresent": CallbackOperation.DECLINED_CARD_PRESENT.value  # callbacks.md §3.3
}
_PARAMETER: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,63}")


def one_of(words: type[StrEnum] | Collection[str] | Mapping[str, object]) -> str:
    """The words in order, with commas between, for people."""
    return ", ".join(sorted(map(str, words)))


def within(first: int, last: int) -> Callable[[int], bool]:
    """A check that a number is between two others, both allowed."""
    return lambda value: first <= value <= last


def matches(pattern: str) -> Callable[[str], bool]:
    """A check that a whole text matches a pattern."""
    return lambda text: re.fullmatch(pattern, text) is not None


def is_key(text: str | None) -> bool:
    """Whether a text can be the key of checksums; None: there is none."""
    return text is None or (text.isprintable() and KEY_LENGTH_MIN <= len(text) <= KEY_LENGTH_MAX)


def is_network(text: str) -> bool:
    """Whether a text is an IP address or network."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def are_web_addresses(texts: Collection[str]) -> bool:
    """Whether all are addresses that can be called, and there are not too many."""
    return len(texts) <= ADDRESSES_MAX and all(map(is_web_address, texts))


def is_web_address(text: str) -> bool:
    """Whether a text is an http or https address that all programs read in the same way.

    A user and password would be printed wherever the address is printed; a fragment is never sent;
    programs disagree about spaces and unusual hosts.
    """
    if not text.isprintable() or re.search(r"[\s\\#]", text) or len(text) > ADDRESS_LENGTH_MAX:
        return False
    parts = web_address(text)
    if parts is None or "@" in parts.netloc or not _is_port(parts):
        return False
    host = parts.hostname or ""
    return _is_ipv6(host) if ":" in host else _HOST.fullmatch(host) is not None


def _is_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.IPv6Address(text).scope_id is None
    except ValueError:
        return False


def are_parameter_names(names: Collection[str]) -> bool:
    """Whether all can be names of a callback's parameters: ours, or an order's own."""
    return len(names) <= PARAMETERS_MAX and all(map(_PARAMETER.fullmatch, names))


def spelled_operations(words: tuple[str, ...]) -> tuple[str, ...]:
    """Operations of callbacks as the gateway spells them; some documents spell one differently."""
    return tuple(_OPERATION_SPELLINGS.get(word, word) for word in words)


def are_dialects(names: Collection[str]) -> bool:
    """Whether all could be names of dialects, and there is at least one."""
    return bool(names) and all(map(_DIALECT.fullmatch, names))


def are_headers(lines: Collection[str]) -> bool:
    """Whether all are `Name=value`, of headers that may be added to our requests."""
    return len(lines) <= HEADERS_MAX and all(map(_is_header, lines))


def _is_header(line: str) -> bool:
    found = _HEADER.fullmatch(line)
    # A line break in a value would start another header, or another request.
    return (
        found is not None
        and line.isprintable()
        and len(line) <= HEADER_LENGTH_MAX
        and not is_reserved_header(found[1])
    )


def words_of(text: str) -> list[str]:
    """A list as a person types it, with commas between."""
    return [word.strip() for word in text.split(",") if word.strip()]


def addresses_of(text: str) -> list[str]:
    """Addresses with commas between; a comma within an address belongs to it."""
    return [address.strip(" ,") for address in _NEXT_ADDRESS.split(text) if address.strip(" ,")]


def headers_of(text: str) -> list[str]:
    """Headers as the protocol writes them: `{Authorization=token, Content-type=plain/text}`.

    The braces may be left out. A comma belongs to a value unless another `Name=` follows it.
    """
    text = text.strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    return [line.strip(" ,") for line in _NEXT_HEADER.split(text) if line.strip(" ,")]
