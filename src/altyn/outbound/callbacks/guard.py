"""The addresses that callbacks may go to: the URL as a shop wrote it, and the resolved IP address.

Shops choose the addresses, and the gateway calls them from its own network. Without these rules a
shop could make the gateway call internal hosts (SSRF). Pure: nothing is resolved here.
"""

import re
import socket
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)
from typing import Final

PRODUCTION_PORTS: Final = frozenset({443, 8443})
ADDRESS_LENGTH_MAX: Final = 512  # of a shop's address (rest-orders.md, dynamicCallbackUrl)
PORT_MAX: Final = 65_535
AUTHORITIES_REMEMBERED: Final = 4096  # a shop is called often; a check takes a while


@dataclass(frozen=True, slots=True)
class Rules:
    """What is allowed. `private`: loopback, private networks and plain http. `ports`: None allows
    all."""

    private: bool
    ports: frozenset[int] | None

    @classmethod
    def of(cls, *, sandbox: bool, ports: frozenset[int]) -> "Rules":
        """The rules of a gateway in its mode; `ports` are production's."""
        return cls.sandbox() if sandbox else cls.production(ports)

    @classmethod
    def sandbox(cls) -> "Rules":
        """A developer's machine: shops run on the same machine or network."""
        return cls(private=True, ports=None)

    @classmethod
    def production(cls, ports: frozenset[int] = PRODUCTION_PORTS) -> "Rules":
        """Shops are on the internet, behind TLS, at the ports that the operator allows."""
        return cls(private=False, ports=ports)


# ── The address as it is written ──────────────────────────────────────────────────────────────────

WHOLE: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(?:[/?#].*)?")
LABEL: Final = re.compile(r"[A-Za-z0-9_-]{1,63}")
NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
NAME_LENGTH_MAX: Final = 253
DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# Names that are resolved inside one network only: in the gateway's they name other hosts.
LOCAL_ZONES: Final = frozenset(
    {"localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "private"}
)
LOCAL_DOMAINS: Final = ("home.arpa",)


def refusal_of_url(url: str, rules: Rules, *, length_max: int = ADDRESS_LENGTH_MAX) -> str | None:
    """Why this address may not be called, in words for the shop; None when it may.

    The grammar is narrower than any standard's, so that no two parsers read the host differently.
    Refuses: length, characters, form, scheme, user and password, host, port.
    """
    if len(url) > length_max:
        return f"The address is longer than {length_max} characters."
    if " " in url or not url.isprintable():
        return "The address holds a space, a line break or an invisible character; percent-encode."
    if "\\" in url:
        return "The address holds a backslash, which programs read differently; write / or %5C."
    form = WHOLE.fullmatch(url)
    if form is None:
        return "This is no complete address; write it as https://shop.example/path."
    scheme, authority = form.group(1).lower(), form.group(2)
    return _refusal_of_scheme(scheme, rules) or _refusal_of_authority(scheme, authority, rules)


def _refusal_of_scheme(scheme: str, rules: Rules) -> str | None:
    if scheme not in DEFAULT_PORTS:
        return f"{scheme}:// is never called; only {'http and ' if rules.private else ''}https are."
    if scheme == "http" and not rules.private:
        return "Plain http can be read and changed on its way; use https."
    return None


@lru_cache(AUTHORITIES_REMEMBERED)
def _refusal_of_authority(scheme: str, authority: str, rules: Rules) -> str | None:
    """User and password first: the text before an @ can be made to look like the host."""
    if "@" in authority:
        return "The address holds a user name or password before @; use a header instead."
    host, port = _host_and_port(authority)
    if not host:
        return "The address names no host; write it as https://shop.example/path."
    return _refusal_of_host(host, rules) or _refusal_of_port(scheme, port, rules)


def _host_and_port(authority: str) -> tuple[str, str | None]:
    """Host and port, split at the colon outside brackets; None when there is no port."""
    end = authority.find("]") if authority.startswith("[") else -1
    colon = authority.find(":", end + 1)
    return (authority, None) if colon < 0 else (authority[:colon], authority[colon + 1 :])


def _refusal_of_port(scheme: str, port: str | None, rules: Rules) -> str | None:
    if port is None:
        number = DEFAULT_PORTS[scheme]
    elif re.fullmatch(r"[1-9][0-9]{0,4}", port) and int(port) <= PORT_MAX:
        number = int(port)
    else:
        return f"The port must be a number from 1 to {PORT_MAX}."
    if rules.ports is None or number in rules.ports:
        return None
    allowed = ", ".join(map(str, sorted(rules.ports)))
    return f"Port {number} is not called; these are: {allowed}."


def _refusal_of_host(host: str, rules: Rules) -> str | None:
    if host.startswith("["):
        return _refusal_of_ipv6_literal(host, rules)
    if not host.isascii():
        return _refusal_of_foreign_letters(host)
    if "%" in host:
        return "The host is percent-encoded; write it in plain letters."
    if host.endswith("."):
        return "The host ends with a dot; leave it out."
    if len(host) > NAME_LENGTH_MAX or not all(map(LABEL.fullmatch, host.split("."))):
        return "The host is no name of letters, digits, hyphens and single dots."
    if NUMBER.fullmatch(host.rpartition(".")[2]):
        return _refusal_of_ipv4_literal(host, rules)
    return None if rules.private else _refusal_of_local_name(host.lower())


def _refusal_of_foreign_letters(host: str) -> str:
    """Resolvers turn full-width digits into digits and dots, so only ASCII is accepted."""
    try:
        plain = host.encode("idna").decode("ascii")
    except UnicodeError:
        return "The host holds letters that no host can have."
    return f"The host must be in plain ASCII letters; write it as {plain}."


def _refusal_of_ipv6_literal(host: str, rules: Rules) -> str | None:
    if "%" in host:
        return "The host carries a zone (%…), which means something on one machine only."
    try:
        return refusal_of_address(IPv6Address(host.removeprefix("[").removesuffix("]")), rules)
    except AddressValueError:
        return "What stands in brackets is no IPv6 address."


def _refusal_of_ipv4_literal(host: str, rules: Rules) -> str | None:
    """Most programs read a host that ends in a number as an address, also in unusual spellings:
    2130706433, 0177.0.0.1, 0x7f.1 and 127.1 are all 127.0.0.1. The HTTP client calls none of these.
    """
    try:
        return refusal_of_address(IPv4Address(host), rules)
    except AddressValueError:
        pass
    try:
        address = IPv4Address(socket.inet_aton(host))  # parses text, resolves nothing
    except OSError:
        return f"{host} ends in a number, yet is no IPv4 address."
    return (
        refusal_of_address(address, rules)
        or f"{host} is an unusual spelling; write it as {address}."
    )


def _refusal_of_local_name(name: str) -> str | None:
    if name.rpartition(".")[2] in LOCAL_ZONES or name.endswith(
        tuple(f".{d}" for d in LOCAL_DOMAINS)
    ):
        return f"{name} is a name within one network; callbacks go to public hosts only."
    if "." not in name:
        return f"{name} is no full name; write it with its domain, as shop.example."
    return None


# ── The resolved IP address ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SpecialNetwork:
    """Addresses that no shop on the internet has. `always`: forbidden in the sandbox too."""

    network: IPv4Network | IPv6Network
    what: str
    always: bool = False


def _special(network: str, what: str, *, always: bool = False) -> SpecialNetwork:
    return SpecialNetwork(ip_network(network), what, always)


CLOUD: Final = "where a cloud keeps the credentials of its machines"
DOCUMENTS: Final = "an example for documents"

# IANA's registries of special-purpose addresses, and those of cloud providers. Kept here, because
# `ipaddress` follows them only with new versions of Python. The first match gives the text.
SPECIAL_V4: Final = (
    _special("0.0.0.0/8", "no address to call; in the sandbox use 127.0.0.1", always=True),
    _special("127.0.0.0/8", "the gateway's own machine (loopback)"),
    _special("169.254.169.254/32", CLOUD, always=True),
    _special("169.254.0.0/16", "link-local, which no shop is", always=True),
    _special("100.100.100.200/32", CLOUD, always=True),  # Alibaba, within the carriers' network
    _special("192.0.0.192/32", CLOUD, always=True),  # Oracle
    _special("168.63.129.16/32", CLOUD, always=True),  # Azure; looks public, and is not routed
    _special("10.0.0.0/8", "in a private network"),
    _special("172.16.0.0/12", "in a private network"),
    _special("192.168.0.0/16", "in a private network"),
    _special("100.64.0.0/10", "shared by a carrier's customers (CGNAT)"),
    _special("192.0.0.0/24", "kept for protocols (IETF)"),
    _special("192.0.2.0/24", DOCUMENTS),
    _special("198.51.100.0/24", DOCUMENTS),
    _special("203.0.113.0/24", DOCUMENTS),
    _special("192.88.99.0/24", "a withdrawn 6to4 relay"),
    _special("198.18.0.0/15", "for measuring networks"),
    _special("224.0.0.0/4", "multicast: many receivers at once", always=True),
    _special("255.255.255.255/32", "broadcast: everybody at once", always=True),
    _special("240.0.0.0/4", "reserved"),
)
SPECIAL_V6: Final = (
    _special("::/128", "no address to call; in the sandbox use [::1]", always=True),
    _special("::1/128", "the gateway's own machine (loopback)"),
    _special("fe80::/10", "link-local, which no shop is", always=True),
    _special("fd00:ec2::/32", CLOUD, always=True),  # Amazon
    _special("fd20:ce::254/128", CLOUD, always=True),  # Google
    _special("fd00:42::42/128", CLOUD, always=True),  # Scaleway
    _special("fc00::/7", "in a private network"),
    _special("fec0::/10", "in a private network (site-local, withdrawn)"),
    _special("64:ff9b:1::/48", "translated to IPv4 in ways that cannot be judged", always=True),
    _special("100::/64", "where packets are thrown away"),
    _special("100:0:0:1::/64", "a placeholder that nobody has"),
    _special("2001::/23", "kept for protocols (IETF)"),
    _special("2001:db8::/32", DOCUMENTS),
    _special("3fff::/20", DOCUMENTS),
    _special("5f00::/16", "for routing by segments"),
    _special("ff00::/8", "multicast: many receivers at once", always=True),
)
LOOPBACK: Final = IPv6Address("::1")
GLOBAL_UNICAST: Final = IPv6Network("2000::/3")

# IPv6 networks whose last 32 bits are an IPv4 address: compatible, mapped, translated, NAT64.
CARRIERS: Final = tuple(
    map(IPv6Network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96"))
)


def refusal_of_address(address: IPv4Address | IPv6Address, rules: Rules) -> str | None:
    """Why a resolved address may not be called, in words; None when it may.

    An IPv6 address that contains an IPv4 address is checked as that address too. In production an
    address that is not certainly public is refused.
    """
    if isinstance(address, IPv4Address):
        return _refusal_by_table(address, SPECIAL_V4, rules)
    if address.scope_id is not None:
        return f"{address} carries a zone, which means something on one machine only."
    refusal = _refusal_by_table(address, SPECIAL_V6, rules)
    if refusal is not None:
        return refusal
    carried = _carried(address)
    for inner in carried:
        refusal = refusal_of_address(inner, rules)
        if refusal is not None:
            return f"{address} carries an IPv4 address: {refusal}"
    if carried or rules.private or address in GLOBAL_UNICAST:
        return None
    return f"{address} is not in public use; callbacks go to public addresses only."


def _refusal_by_table(
    address: IPv4Address | IPv6Address, table: tuple[SpecialNetwork, ...], rules: Rules
) -> str | None:
    for special in table:
        if address in special.network and (special.always or not rules.private):
            end = "callbacks never go there" if special.always else "callbacks go to public ones"
            return f"{address} is {special.what}; {end}."
    return None


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that a packet for this address may reach."""
    if address == LOOPBACK:
        return ()  # not a compatible address
    if any(address in network for network in CARRIERS):
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    return address.teredo or ()
