"""Checks single values of the gateway's settings: each function returns what is wrong, or None.

A reason says what is wrong and what to write instead. It never repeats a password.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from altyn.domain.key_service import TransitServer

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
PREFIX_BITS_MIN: Final = {4: 8, 6: 32}
"""By IP version: wider networks belong to many providers, not to one."""

KEY_LENGTH_MIN: Final = 16

# Servers of other protocols would read an HTTP request as commands.
# Source: Fetch Standard, "bad port": the ports that browsers refuse to call.
_PORTS_OF_OTHER_PROTOCOLS: Final = frozenset({
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389,
    427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636,
    989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665,
    6666, 6667, 6668, 6669, 6679, 6697, 10080,
})  # fmt: skip
_PORTS_OF_DATABASES: Final = frozenset({
    1433, 1521, 2375, 2379, 3306, 3389, 5432, 5672, 6379, 6432, 9092, 9200, 11211, 27017,
})  # fmt: skip
_MAPPED_BITS: Final = 96
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_PATH: Final = re.compile(r"[A-Za-z0-9._~/%-]*")
_VERSION: Final = re.compile(r"/v[0-9]+$")
_TRANSIT_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TRANSIT_MOUNT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_TLS_MODES: Final = ("require", "verify-ca", "verify-full")


def refusal_of_proxies(text: str) -> str | None:
    """Why this is no list of proxies: addresses and networks with commas, or `*` alone."""
    for word in () if text == "*" else text.split(","):
        try:
            ip_network(word.strip())
        except ValueError:
            example = "10.0.0.5,10.1.0.0/16"
            return f"{word.strip()!r} is no IP address or network; write them as {example}"
    return None


def refusal_of_wide_proxies(text: str) -> str | None:
    """Why production must not trust these proxies; `text` has passed `refusal_of_proxies`."""
    for word in text.split(","):
        name = word.strip()
        network = None if name == "*" else _network(name)
        if network is None or (
            network.prefixlen < PREFIX_BITS_MIN[network.version] and not network.is_private
        ):
            return (
                f"{name} trusts every sender, who can then claim any address in X-Forwarded-For; "
                "write the addresses of your own proxies only"
            )
    return None


def _network(text: str) -> IPv4Network | IPv6Network:
    """A network; one of IPv4 addresses that are written as IPv6 (`::ffff:…`) is that of IPv4."""
    network = ip_network(text)
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is None or network.prefixlen < _MAPPED_BITS:
        return network
    return IPv4Network((int(mapped), network.prefixlen - _MAPPED_BITS))


def refusal_of_versioned_address(url: str, schemes: Iterable[str]) -> str | None:
    """Why this is no plain address to which the gateway adds the version of a protocol."""
    if _VERSION.search(url):
        return "leave out the version at the end; the gateway adds /v4 or /v5, as the shop needs"
    return refusal_of_web_address(url, schemes)


def refusal_of_web_address(url: str, schemes: Iterable[str]) -> str | None:
    """Why this is no plain address: scheme, host, and where needed a port and a path."""
    allowed = " or ".join(f"{scheme}://" for scheme in schemes)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return f"it is no address; write it as {allowed}host"
    if parts.scheme not in schemes:
        return f"it must begin with {allowed}"
    if "@" in parts.netloc:
        return "it must not contain a user or a password; write scheme and host only"
    if not host or not _is_host(host):
        return f"it has no valid host; write it as {allowed}host, an IDN as xn--…"
    if port == 0:
        return "port 0 cannot be called; write a port from 1 to 65535, or none"
    return _refusal_of_rest(url, parts)


def _refusal_of_rest(url: str, parts: SplitResult) -> str | None:
    if "?" in url or "#" in url:
        return "it must not contain ? or #: paths are added to its end"
    if not _PATH.fullmatch(parts.path) or re.search(r"[\s<>\"'\\]", url):
        return "its path may contain ASCII letters, digits and . _ ~ - / only"
    return None


def refusal_of_key(key: str) -> str | None:
    """Why production must not use this key of the acquirer."""
    if len(key) < KEY_LENGTH_MIN:
        return (
            f"it has {len(key)} characters and could be guessed; use at least {KEY_LENGTH_MIN}, "
            "for example the output of `openssl rand -hex 32`"
        )
    return None


def refusal_of_header_value(key: str) -> str | None:
    """Why a key cannot be sent in a header."""
    if not all("!" <= each <= "~" for each in key):
        return "it may contain ASCII letters, digits and signs only, without blanks"
    return None


def refusal_of_transit(server: TransitServer) -> str | None:
    """Why no transit engine can be asked with these settings; names the setting."""
    if not server.url:
        return _refusal_of_transit_without_url(server)
    token = server.token
    checked = (
        ("URL", refusal_of_web_address(server.url, ("http", "https"))),
        ("KEY", _refusal_of_transit_name(server.key or "", _TRANSIT_KEY)),
        ("MOUNT", _refusal_of_transit_name(server.mount, _TRANSIT_MOUNT)),
        ("TOKEN", token and refusal_of_header_value(token)),
        ("NAMESPACE", server.namespace and refusal_of_header_value(server.namespace)),
    )
    for name, refusal in checked:
        if refusal:
            return f"ALTYN_TRANSIT_{name}: {refusal}"
    if (token is None) == (server.token_file is None):
        return "set either ALTYN_TRANSIT_TOKEN_FILE or ALTYN_TRANSIT_TOKEN for ALTYN_TRANSIT_URL"
    if server.ca_file is not None and not server.ca_file.is_file():
        return f"ALTYN_TRANSIT_CA_FILE: there is no file {server.ca_file}"
    return None


def _refusal_of_transit_without_url(server: TransitServer) -> str | None:
    named = {
        "KEY": server.key,
        "TOKEN": server.token,
        "TOKEN_FILE": server.token_file,
        "NAMESPACE": server.namespace,
        "CA_FILE": server.ca_file,
    }
    for name, value in named.items():
        if value is not None:
            return (
                f"ALTYN_TRANSIT_{name} has no effect without ALTYN_TRANSIT_URL: set that too, or "
                "remove this setting"
            )
    return None


def _refusal_of_transit_name(text: str, allowed: re.Pattern[str]) -> str | None:
    if allowed.fullmatch(text):
        return None
    return "write the name of the transit key or engine: letters, digits and . _ - only"


def refusal_of_callback_ports(ports: Iterable[int]) -> str | None:
    """Why callbacks must not go to one of these ports."""
    wrong = sorted((_PORTS_OF_OTHER_PROTOCOLS | _PORTS_OF_DATABASES).intersection(ports))
    if not wrong:
        return None
    return (
        f"{', '.join(map(str, wrong))}: servers of other protocols listen there, and would read a "
        "callback as their commands; list ports of web servers only, such as 443,8443"
    )


def refusal_of_plain_database(url: str) -> str | None:
    """Why production must not use this database: another machine has it, and TLS is not required.

    `sslmode` is in the URL; without it a connection falls back to plain text.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    hosts = [*_hosts(parts.netloc.rpartition("@")[2]), *_hosts(",".join(query.get("host", [])))]
    remote = [host for host in hosts if not _is_on_this_machine(host)]
    if not remote or query.get("sslmode", [""])[-1] in _TLS_MODES:
        return None
    return (
        f"the connection to {', '.join(remote)} is not encrypted for certain; add "
        "sslmode=verify-full (or require) to the query of the URL"
    )


def _hosts(text: str) -> list[str]:
    """The hosts of `host:port,host:port`; an IPv6 address is in brackets, a socket is a path."""
    hosts = (_without_port(each.strip()) for each in text.split(","))
    return [host for host in hosts if host]


def _without_port(host_and_port: str) -> str:
    if host_and_port.startswith("["):
        return host_and_port[1:].partition("]")[0]
    return host_and_port.partition(":")[0]


def _is_on_this_machine(host: str) -> bool:
    """Whether a host is the loopback interface or the folder of a Unix socket (`/…`, `%2F…`)."""
    if host.startswith(("/", "%2F", "%2f")) or host.lower() in LOOPBACK:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    if _HOST.fullmatch(host):
        return True
    try:
        return ip_address(host).version == 6  # noqa: PLR2004 - IPv6
    except ValueError:
        return False
