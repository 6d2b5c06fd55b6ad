"""Checks where callbacks may be sent: the URL as a shop wrote it, and the resolved IP address.

Shops choose the addresses, and the gateway calls them from its own network. Without these rules a
shop could make the gateway call internal hosts (SSRF). This module does not resolve names.
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
ADDRESS_LENGTH_MAX: Final = 512  # characters of a URL (rest-orders.md, dynamicCallbackUrl)
PORT_MAX: Final = 65_535
AUTHORITIES_REMEMBERED: Final = 4096  # results kept: one shop is called often


@dataclass(frozen=True, slots=True)
class Rules:
    """Which addresses are allowed.

    `private`: whether loopback, private networks and plain http are allowed. `ports`: None allows
    all.
    """

    private: bool
    ports: frozenset[int] | None

    @classmethod
    def of(cls, *, sandbox: bool, ports: frozenset[int]) -> "Rules":
        """The rules of a gateway in its mode; `ports` applies to production only."""
        return cls.sandbox() if sandbox else cls.production(ports)

    @classmethod
    def sandbox(cls) -> "Rules":
        """Rules for a developer's machine: shops run on the same machine or network."""
        return cls(private=True, ports=None)

    @classmethod
    def production(cls, ports: frozenset[int] = PRODUCTION_PORTS) -> "Rules":
        """Rules for shops on the internet, with TLS, at the ports that the operator allows."""
        return cls(private=False, ports=ports)


# ── The URL as it is written ──────────────────────────────────────────────────────────────────────

WHOLE: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(?:[/?#].*)?")
LABEL: Final = re.compile(r"[A-Za-z0-9_-]{1,63}")
NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
NAME_LENGTH_MAX: Final = 253
DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# Names that exist inside one network only: in the gateway's network they name other hosts.
LOCAL_ZONES: Final = frozenset(
    {"localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "private"}
)
LOCAL_DOMAINS: Final = ("home.arpa",)


def refusal_of_url(url: str, rules: Rules, *, length_max: int = ADDRESS_LENGTH_MAX) -> str | None:
    """Why this address may not be called, in words for the shop; None when it may.

    The grammar is narrower than any standard's, so that no two parsers read the host differently.
    Checked in this order: length, characters, form, scheme, user and password, host, port.
    """
    if len(url) > length_max:
        return f"The address is longer than {length_max} characters."
    if " " in url or not url.isprintable():
        return "The address contains a space, line break or invisible character; percent-encode it."
    if "\\" in url:
        return "The address contains a backslash, which programs read differently; use / or %5C."
    form = WHOLE.fullmatch(url)
    if form is None:
        return "This is not a complete address; write it as https://shop.example/path."
    scheme, authority = form.group(1).lower(), form.group(2)
    return _refusal_of_scheme(scheme, rules) or _refusal_of_authority(scheme, authority, rules)


def _refusal_of_scheme(scheme: str, rules: Rules) -> str | None:
    if scheme not in DEFAULT_PORTS:
        allowed = "http or https" if rules.private else "https"
        return f"Callbacks are not sent to {scheme}:// addresses; use {allowed}."
    if scheme == "http" and not rules.private:
        return "A callback over plain http can be read and changed in transit; use https."
    return None


@lru_cache(AUTHORITIES_REMEMBERED)
def _refusal_of_authority(scheme: str, authority: str, rules: Rules) -> str | None:
    """Checks user and password first: the text before an @ may be written to look like the host."""
    if "@" in authority:
        return "The address contains a user name or password before @; use a header instead."
    host, port = _host_and_port(authority)
    if not host:
        return "The address has no host; write it as https://shop.example/path."
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
    return f"Port {number} is not allowed for callbacks; allowed: {allowed}."


def _refusal_of_host(host: str, rules: Rules) -> str | None:
    if host.startswith("["):
        return _refusal_of_ipv6_literal(host, rules)
    if not host.isascii():
        return _refusal_of_foreign_letters(host)
    if "%" in host:
        return "The host is percent-encoded; write it in plain ASCII letters."
    if host.endswith("."):
        return "The host ends with a dot; remove the dot."
    if len(host) > NAME_LENGTH_MAX or not all(map(LABEL.fullmatch, host.split("."))):
        return (
            "The host must be a name of letters, digits, hyphens and single dots, at most "
            f"{NAME_LENGTH_MAX} characters long, with at most 63 characters between two dots."
        )
    if NUMBER.fullmatch(host.rpartition(".")[2]):
        return _refusal_of_ipv4_literal(host, rules)
    return None if rules.private else _refusal_of_local_name(host.lower())


def _refusal_of_foreign_letters(host: str) -> str:
    """Why only ASCII is accepted: resolvers turn full-width digits into plain digits."""
    try:
        plain = host.encode("idna").decode("ascii")
    except UnicodeError:
        return "The host contains characters that a host name cannot have."
    return f"The host must be in plain ASCII letters; write it as {plain}."


def _refusal_of_ipv6_literal(host: str, rules: Rules) -> str | None:
    if "%" in host:
        return "The host has a zone (%…), which is valid on one machine only; remove the zone."
    try:
        return refusal_of_address(IPv6Address(host.removeprefix("[").removesuffix("]")), rules)
    except AddressValueError:
        return "The text in brackets is not an IPv6 address."


def _refusal_of_ipv4_literal(host: str, rules: Rules) -> str | None:
    """Checks a host that ends in a number, which most programs read as an IPv4 address.

    They accept unusual spellings too: 2130706433, 0177.0.0.1, 0x7f.1 and 127.1 are all 127.0.0.1.
    The HTTP client does not call these spellings.
    """
    try:
        return refusal_of_address(IPv4Address(host), rules)
    except AddressValueError:
        pass
    try:
        address = IPv4Address(socket.inet_aton(host))  # parses text, resolves nothing
    except OSError:
        return f"{host} ends in a number, but it is not an IPv4 address."
    return (
        refusal_of_address(address, rules)
        or f"{host} is an unusual spelling of an IP address; write it as {address}."
    )


def _refusal_of_local_name(name: str) -> str | None:
    if name.rpartition(".")[2] in LOCAL_ZONES or name.endswith(
        tuple(f".{d}" for d in LOCAL_DOMAINS)
    ):
        return f"{name} is a name within one network; callbacks are sent to public hosts only."
    if "." not in name:
        return f"{name} is not a full host name; write it with its domain, as shop.example."
    return None


# ── The resolved IP address ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SpecialNetwork:
    """Addresses that no shop on the internet has. `always`: not allowed in the sandbox either."""

    network: IPv4Network | IPv6Network
    what: str
    always: bool = False


def _special(network: str, what: str, *, always: bool = False) -> SpecialNetwork:
    return SpecialNetwork(ip_network(network), what, always)


CLOUD: Final = "where a cloud provider serves the credentials of its machines"
DOCUMENTS: Final = "reserved for examples in documents"

# IANA's registries of special-purpose addresses, and the addresses of cloud providers. The tables
# are here, because `ipaddress` changes only with new versions of Python. The first match gives the
# text.
SPECIAL_V4: Final = (
    _special("0.0.0.0/8", "not a machine's address (in the sandbox use 127.0.0.1)", always=True),
    _special("127.0.0.0/8", "the gateway's own machine (loopback)"),
    _special("169.254.169.254/32", CLOUD, always=True),
    _special("169.254.0.0/16", "a link-local address", always=True),
    _special("100.100.100.200/32", CLOUD, always=True),  # Alibaba, within 100.64.0.0/10
    _special("192.0.0.192/32", CLOUD, always=True),  # Oracle
    _special("168.63.129.16/32", CLOUD, always=True),  # Azure; looks public, but is not routed
    _special("10.0.0.0/8", "in a private network"),
    _special("172.16.0.0/12", "in a private network"),
    _special("192.168.0.0/16", "in a private network"),
    _special("100.64.0.0/10", "shared by a carrier's customers (CGNAT)"),
    _special("192.0.0.0/24", "reserved for protocols (IETF)"),
    _special("192.0.2.0/24", DOCUMENTS),
    _special("198.51.100.0/24", DOCUMENTS),
    _special("203.0.113.0/24", DOCUMENTS),
    _special("192.88.99.0/24", "the address of a withdrawn 6to4 relay"),
    _special("198.18.0.0/15", "reserved for tests of network devices"),
    _special("224.0.0.0/4", "a multicast address, with many receivers", always=True),
    _special("255.255.255.255/32", "the broadcast address, of all machines", always=True),
    _special("240.0.0.0/4", "reserved"),
)
SPECIAL_V6: Final = (
    _special("::/128", "not a machine's address (in the sandbox use [::1])", always=True),
    _special("::1/128", "the gateway's own machine (loopback)"),
    _special("fe80::/10", "a link-local address", always=True),
    _special("fd00:ec2::/32", CLOUD, always=True),  # Amazon
    _special("fd20:ce::254/128", CLOUD, always=True),  # Google
    _special("fd00:42::42/128", CLOUD, always=True),  # Scaleway
    _special("fc00::/7", "in a private network"),
    _special("fec0::/10", "in a private network (site-local, withdrawn)"),
    _special("64:ff9b:1::/48", "translated to an IPv4 address that is not known here", always=True),
    _special("100::/64", "where all packets are discarded"),
    _special("100:0:0:1::/64", "a placeholder, which no machine has"),
    _special("2001::/23", "reserved for protocols (IETF)"),
    _special("2001:db8::/32", DOCUMENTS),
    _special("3fff::/20", DOCUMENTS),
    _special("5f00::/16", "reserved for segment routing"),
    _special("ff00::/8", "a multicast address, with many receivers", always=True),
)
LOOPBACK: Final = IPv6Address("::1")
GLOBAL_UNICAST: Final = IPv6Network("2000::/3")

# IPv6 networks whose last 32 bits are an IPv4 address: compatible, mapped, translated, NAT64.
CARRIERS: Final = tuple(
    map(IPv6Network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96"))
)


def refusal_of_address(address: IPv4Address | IPv6Address, rules: Rules) -> str | None:
    """Why a resolved address may not be called, in words for the shop; None when it may.

    An IPv6 address that contains an IPv4 address is checked as that address too. In production an
    address that is not certainly public is refused.
    """
    if isinstance(address, IPv4Address):
        return _refusal_by_table(address, SPECIAL_V4, rules)
    if address.scope_id is not None:
        return f"{address} has a zone, which is valid on one machine only."
    refusal = _refusal_by_table(address, SPECIAL_V6, rules)
    if refusal is not None:
        return refusal
    carried = _carried(address)
    for inner in carried:
        refusal = refusal_of_address(inner, rules)
        if refusal is not None:
            return f"{address} contains an IPv4 address: {refusal}"
    if carried or rules.private or address in GLOBAL_UNICAST:
        return None
    return f"{address} is not in public use; callbacks are sent to public addresses only."


def _refusal_by_table(
    address: IPv4Address | IPv6Address, table: tuple[SpecialNetwork, ...], rules: Rules
) -> str | None:
    for special in table:
        if address in special.network and (special.always or not rules.private):
            allowed = "never sent there" if special.always else "sent to public addresses only"
            return f"{address} is {special.what}; callbacks are {allowed}."
    return None


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that a packet for this address may reach."""
    if address == LOOPBACK:
        return ()  # ::/96 contains it, but it is not an IPv4 address
    if any(address in network for network in CARRIERS):
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    return address.teredo or ()
