"""The addresses that callbacks may go to. Each row is a known attack: the address, the mode, the
result, and the accident that the refusal prevents."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.outbound.callbacks.guard import (
    SPECIAL_V4,
    SPECIAL_V6,
    Rules,
    SpecialNetwork,
    refusal_of_address,
    refusal_of_url,
)

SANDBOX = Rules.sandbox()
PRODUCTION = Rules.production()
ANY_PORT = Rules(private=False, ports=None)
MODES = {"sandbox": [SANDBOX], "production": [PRODUCTION], "both": [SANDBOX, PRODUCTION]}
ALLOWED = ""

# address, mode, a part of the words it is refused with (none: allowed), the accident prevented
TRICKS = [
    # what shops really write
    ("https://shop.example/callback", "both", ALLOWED, "an honest shop is not told"),
    ("https://shop.example:443/callback", "both", ALLOWED, "a port that is said is a port"),
    ("HTTPS://Shop.Example/Callback", "both", ALLOWED, "capitals are no crime"),
    ("https://shop.example", "both", ALLOWED, "a path may be empty"),
    ("https://shop.example?order=1", "both", ALLOWED, "a query may follow the host"),
    ("https://shop.example/a#part", "both", ALLOWED, "a fragment stays at home"),
    ("https://shop.example/mail@shop.example", "both", ALLOWED, "an @ in a path is no user"),
    ("https://shop.example/?to=http://10.0.0.1/", "both", ALLOWED, "a query is not called"),
    ("https://xn--80aswg.example/", "both", ALLOWED, "a Cyrillic host in plain letters"),
    ("https://my_shop.example/", "both", ALLOWED, "underscores live in names of machines"),
    ("https://8.8.8.8/", "both", ALLOWED, "a shop without a name"),
    ("https://[2a00:1450:4001::1]/", "both", ALLOWED, "a shop in the newer internet"),
    ("https://localhost.shop.example/", "both", ALLOWED, "a name that only begins so"),
    ("https://shop.example/%D0%BA?x=%20", "both", ALLOWED, "encoded letters are letters"),
    # a developer's machine
    ("http://127.0.0.1:8000/cb", "sandbox", ALLOWED, "callbacks never reach a laptop"),
    ("http://localhost:3000/cb", "sandbox", ALLOWED, "callbacks never reach a laptop"),
    ("http://[::1]:8000/cb", "sandbox", ALLOWED, "the laptop in the newer internet"),
    ("http://192.168.1.10/cb", "sandbox", ALLOWED, "the shop on the next desk"),
    ("http://shop:8080/cb", "sandbox", ALLOWED, "the shop in the next container"),
    ("http://shop.local/cb", "sandbox", ALLOWED, "a name of the home network"),
    ("http://[fd12::5]/cb", "sandbox", ALLOWED, "a container's address"),
    # schemes
    ("http://shop.example/", "production", "use https", "a callback read on its way"),
    ("ftp://shop.example/", "both", "ftp://", "the gateway speaks another protocol"),
    ("file:///etc/passwd", "both", "file://", "the gateway reads its own files"),
    ("gopher://shop.example/_GET", "both", "gopher://", "words put into a neighbour's mouth"),
    ("unix:///run/docker.sock", "both", "unix://", "the machine's own sockets"),
    ("ws://shop.example/", "both", "ws://", "a protocol that stays open"),
    ("https+unix://shop.example/", "both", "https+unix://", "a scheme that begins well"),
    ("javascript:alert(1)", "both", "complete", "a script shown as a link in the account"),
    ("//shop.example/", "both", "complete", "a scheme that is somebody else's choice"),
    ("/callback", "both", "complete", "a path without a shop"),
    ("shop.example/callback", "both", "complete", "an address half written"),
    ("https:/shop.example/", "both", "complete", "a slash forgotten, and guessed by some"),
    ("https:shop.example", "both", "complete", "two slashes forgotten"),
    ("", "both", "complete", "no address at all"),
    # who is meant: user and password
    ("https://shop.example@127.0.0.1/", "both", "before @", "the host is what follows the @"),
    ("https://user:pw@shop.example/", "both", "before @", "a password in every log"),
    ("https://@shop.example/", "both", "before @", "an empty user, read as anything"),
    ("https://a@b@127.0.0.1/", "both", "before @", "parsers differ on which @ counts"),
    ("https://shop.example:443@127.0.0.1/", "both", "before @", "a port that is a password"),
    ("https://127.0.0.1\\@shop.example/", "both", "backslash", "parsers differ on the backslash"),
    ("https://shop.example\\.intranet/", "both", "backslash", "a host that ends early for some"),
    ("https:\\\\shop.example", "both", "backslash", "slashes as browsers guess them"),
    ("https://shop.example%2540127.0.0.1/", "both", "percent-encoded", "an @ decoded twice"),
    # what cannot be seen
    (" https://shop.example/", "both", "space", "trimmed by some, kept by others"),
    ("https://shop.example/ ", "both", "space", "a second word in the request line"),
    ("https://shop.example/a b", "both", "space", "a second word in the request line"),
    ("https://shop.example/\r\nHost: 127.0.0.1", "both", "line break", "a header of the shop's"),
    ("https://127.0.0.1\t.shop.example/", "both", "invisible", "tabs fall out of some parsers"),
    ("https://shop.example\x00.intranet/", "both", "invisible", "C ends its texts at NUL"),
    ("https://shop\u200b.example/", "both", "invisible", "a space of no width"),
    ("https://shop.example\u202e/", "both", "invisible", "the account shows it backwards"),
    ("https://shop\u00ad.example/", "both", "invisible", "a hyphen that disappears"),
    # letters that become others
    ("https://①②⑦.⓪.⓪.①/", "both", "write it as 127.0.0.1", "digits in circles"),
    ("https://127。0。0。1/", "both", "write it as 127.0.0.1", "an ideographic full stop"),
    ("https://\uff11\uff12\uff17.0.0.1/", "both", "write it as 127.0.0.1", "full-width digits"),
    ("https://ⓛocalhost/", "both", "write it as localhost", "a name in circles"),
    ("https://магазин.example/", "both", "xn--80aairftm.example", "sent as bytes nobody reads"),
    ("https://%6c%6f%63alhost/", "both", "percent-encoded", "a host decoded by some"),
    ("https://127%2e0%2e0%2e1/", "both", "percent-encoded", "dots decoded by some"),
    # this machine, spelled by the standard and otherwise
    ("https://127.0.0.1/", "production", "loopback", "the gateway calls itself"),
    ("https://127.8.9.10/", "production", "loopback", "all of 127/8 is this machine"),
    ("https://2130706433/", "production", "loopback", "one decimal number"),
    ("https://017700000001/", "production", "loopback", "one octal number"),
    ("https://0x7f000001/", "production", "loopback", "one hexadecimal number"),
    ("https://0x7f.1/", "production", "loopback", "hexadecimal and short"),
    ("https://0177.0.0.1/", "production", "loopback", "an octal part, decimal to others"),
    ("https://127.1/", "production", "loopback", "parts left out"),
    ("https://127.0.0.0x1/", "production", "loopback", "hexadecimal at the end only"),
    ("http://127.1:8000/", "sandbox", "write it as 127.0.0.1", "accepted, then never called"),
    ("http://2130706433/", "sandbox", "write it as 127.0.0.1", "accepted, then never called"),
    ("https://0x08080808/", "production", "write it as 8.8.8.8", "a riddle with a fair answer"),
    ("https://127.0.0.1./", "both", "ends with a dot", "no number to one, a number to another"),
    ("https://localhost./", "both", "ends with a dot", "a name that escapes the list"),
    ("https://shop.example./", "both", "ends with a dot", "one shop counted as two"),
    ("https://1.2.3.4.5/", "both", "not an IPv4", "five parts"),
    ("https://256.256.256.256/", "both", "not an IPv4", "parts that overflow to another address"),
    ("https://shop.08/", "both", "not an IPv4", "a name that ends in a number"),
    ("https://localhost/", "production", "within one network", "the gateway calls itself"),
    ("https://shop.localhost/", "production", "within one network", "resolved without being asked"),
    ("https://printer.local/", "production", "within one network", "names of the office"),
    ("https://metadata.google.internal/", "production", "within one network", "the cloud's keys"),
    ("https://wiki.CORP/", "production", "within one network", "names of the office, in capitals"),
    ("https://router.home.arpa/", "production", "within one network", "names of the home"),
    ("https://wiki/", "production", "not a full host name", "completed by the search list"),
    # addresses in brackets
    ("https://[::1]/", "production", "loopback", "the gateway calls itself"),
    ("https://[0:0:0:0:0:0:0:1]/", "production", "loopback", "the same, at length"),
    ("https://[::ffff:127.0.0.1]/", "production", "loopback", "IPv4 in the coat of IPv6"),
    ("https://[::ffff:7f00:1]/", "production", "loopback", "the same in hexadecimal"),
    ("https://[::127.0.0.1]/", "production", "loopback", "the older coat"),
    ("https://[::ffff:0:127.0.0.1]/", "production", "loopback", "a coat for translators"),
    ("https://[64:ff9b::10.0.0.1]/", "production", "private network", "through NAT64"),
    ("https://[2002:7f00:1::]/", "production", "loopback", "through 6to4"),
    ("https://[2001:0:7f00:1::80ff:fffe]/", "production", "IETF", "through Teredo"),
    ("https://[fe80::1%25eth0]/", "both", "zone", "an interface of this machine"),
    ("https://[fe80::1%eth0]/", "both", "zone", "an interface of this machine"),
    ("https://[::1]shop.example/", "both", "brackets", "what follows the bracket is dropped"),
    ("https://[::1/", "both", "brackets", "a bracket never closed"),
    ("https://[v1.shop]/", "both", "brackets", "addresses of the future"),
    ("https://[127.0.0.1]/", "both", "brackets", "IPv4 in brackets"),
    ("https://shop.example[::1]/", "both", "name of letters", "two hosts in one"),
    # never, in no mode
    ("http://169.254.169.254/latest/meta-data/", "sandbox", "credentials", "the cloud's keys"),
    ("https://169.254.169.254/", "production", "credentials", "the cloud's keys"),
    ("http://2852039166/", "sandbox", "credentials", "the cloud's keys as one number"),
    ("http://[::ffff:169.254.169.254]/", "sandbox", "credentials", "the keys in a coat"),
    ("http://[64:ff9b::a9fe:a9fe]/", "sandbox", "credentials", "the keys through NAT64"),
    ("http://[2002:a9fe:a9fe::]/", "sandbox", "credentials", "the keys through 6to4"),
    ("http://[2001:0:808:808::5601:5601]/", "sandbox", "credentials", "the keys through Teredo"),
    ("http://[fd00:ec2::254]/", "sandbox", "credentials", "the keys in the newer internet"),
    ("https://168.63.129.16/", "both", "credentials", "a cloud's address that looks public"),
    ("http://[fe80::1]/", "sandbox", "link-local", "the nearest router"),
    ("http://0.0.0.0:8000/", "sandbox", "use 127.0.0.1", "means another thing on every system"),
    ("http://0/", "sandbox", "use 127.0.0.1", "the same, short"),
    ("http://[::]:8000/", "sandbox", "use [::1]", "the same, newer"),
    ("http://224.0.0.1/", "sandbox", "multicast", "many receivers"),
    ("http://255.255.255.255/", "sandbox", "broadcast", "everybody"),
    # ports
    ("https://shop.example:22/", "production", "Port 22", "a login, tried by the gateway"),
    ("https://shop.example:6379/", "production", "Port 6379", "a database that takes any line"),
    ("https://shop.example:80/", "production", "Port 80", "TLS where none is"),
    ("https://shop.example:8443/", "production", ALLOWED, "the other port of TLS"),
    ("https://shop.example:0/", "both", "from 1 to 65535", "no port"),
    ("https://shop.example:65536/", "both", "from 1 to 65535", "runs over, and comes out as 0"),
    ("https://shop.example:/", "both", "from 1 to 65535", "a port forgotten"),
    ("https://shop.example:443:22/", "both", "from 1 to 65535", "parsers differ on which counts"),
    ("https://shop.example:+443/", "both", "from 1 to 65535", "a number to some only"),
    ("https://shop.example:٤٤٣/", "both", "from 1 to 65535", "digits of another script"),
    # hosts that are none
    ("https:///callback", "both", "no host", "the first word of the path becomes the host"),
    ("https://:443/", "both", "no host", "a port without a shop"),
    ("https://?x=1", "both", "no host", "a query without a shop"),
    ("https://shop..example/", "both", "single dots", "empty labels"),
    ("https://.shop.example/", "both", "single dots", "empty labels"),
    ("https://" + "a" * 64 + ".example/", "both", "single dots", "longer than a name's part"),
    ("https://" + "a." * 127 + "example/", "both", "single dots", "longer than a name"),
    ("https://shop.example,127.0.0.1/", "both", "single dots", "two hosts with a comma"),
    ("https://shop.example;x/", "both", "single dots", "parameters of the host"),
    ("https://shop.example/" + "a" * 492, "both", "longer than 512", "beyond what is stored"),
    ("https://shop.example/" + "a" * 491, "both", ALLOWED, "up to there it is fine"),
]


@pytest.mark.parametrize(("url", "mode", "words", "accident"), TRICKS)
def test_obfuscated_addresses(url: str, mode: str, words: str, accident: str) -> None:
    for rules in MODES[mode]:
        refusal = refusal_of_url(url, rules)
        if words == ALLOWED:
            assert refusal is None, accident
        else:
            assert refusal is not None, accident
            assert words in refusal, accident


def test_request_url_may_be_longer_than_the_shops_address() -> None:
    url = "https://shop.example/?" + "a" * 1000
    assert refusal_of_url(url, PRODUCTION, length_max=8000) is None
    assert refusal_of_url("http://10.0.0.1/?" + "a" * 1000, PRODUCTION, length_max=8000)


def test_an_operator_may_name_other_ports() -> None:
    rules = Rules.production(frozenset({9443}))
    assert refusal_of_url("https://shop.example:9443/", rules) is None
    refusal = refusal_of_url("https://shop.example/", rules)
    assert refusal == "Port 443 is not allowed for callbacks; allowed: 9443."


# network → whether the sandbox may go there; production may not, except where the row has it
NETWORKS = {
    "0.0.0.0/8": False,
    "10.0.0.0/8": True,
    "100.64.0.0/10": True,
    "127.0.0.0/8": True,
    "169.254.0.0/16": False,
    "172.16.0.0/12": True,
    "192.0.0.0/24": True,
    "192.0.2.0/24": True,
    "192.88.99.0/24": True,
    "192.168.0.0/16": True,
    "198.18.0.0/15": True,
    "198.51.100.0/24": True,
    "203.0.113.0/24": True,
    "224.0.0.0/4": False,
    "240.0.0.0/5": True,
    "255.255.255.255/32": False,
    "100.100.100.200/32": False,
    "168.63.129.16/32": False,
    "::/128": False,
    "::1/128": True,
    "::ffff:10.0.0.0/104": True,
    "::ffff:169.254.0.0/112": False,
    "::ffff:0:10.0.0.0/104": True,
    "::10.0.0.0/104": True,
    "64:ff9b::10.0.0.0/104": True,
    "64:ff9b::169.254.0.0/112": False,
    "64:ff9b:1::/48": False,
    "100::/64": True,
    "100:0:0:1::/64": True,
    "2001:2::/48": True,
    "2001:10::/28": True,
    "2001:db8::/32": True,
    "2002:a00::/24": True,
    "2002:a9fe::/32": False,
    "3fff::/20": True,
    "4000::/3": True,
    "5f00::/16": True,
    "e000::/4": True,
    "fc00::/8": True,
    "fe80::/10": False,
    "fec0::/10": True,
    "ff00::/8": False,
}


@pytest.mark.parametrize(("network", "sandbox"), NETWORKS.items())
def test_networks_that_are_not_public(network: str, *, sandbox: bool) -> None:
    for address in (ip_network(network)[0], ip_network(network)[-1]):
        assert refusal_of_address(address, PRODUCTION) is not None
        assert (refusal_of_address(address, SANDBOX) is None) is sandbox


@pytest.mark.parametrize(
    "public",
    [
        *("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.0.0.1"),
        *("128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0"),
        *("192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255"),
        *("198.20.0.0", "203.0.112.255", "203.0.114.0", "223.255.255.255"),
        *("2001:200::1", "2001:db7::1", "2003::1", "2a00::1", "3ffe::1", "2002:808:808::1"),
        *("::ffff:8.8.8.8", "64:ff9b::8.8.8.8"),
    ],
)
def test_addresses_next_to_special_networks_are_public(public: str) -> None:
    assert refusal_of_address(ip_address(public), PRODUCTION) is None
    assert refusal_of_address(ip_address(public), SANDBOX) is None


@pytest.mark.parametrize("special", [*SPECIAL_V4, *SPECIAL_V6], ids=lambda row: str(row.network))
def test_every_special_network_is_refused_with_its_own_words(special: SpecialNetwork) -> None:
    address = special.network[-min(2, special.network.num_addresses)]
    refusal = refusal_of_address(address, PRODUCTION)
    assert refusal is not None
    assert special.what in refusal
    assert (refusal_of_address(address, SANDBOX) is not None) is special.always


def test_ipv6_zone_is_refused() -> None:
    refusal = refusal_of_address(IPv6Address("2a00::1%eth0"), PRODUCTION)
    assert refusal is not None
    assert "zone" in refusal


@given(st.ip_addresses())
def test_every_allowed_address_is_global_for_python_too(address: IPv4Address | IPv6Address) -> None:
    """Python's own table has gaps, and grows with its versions; ours never allows more than it."""
    carries_a_public_one = isinstance(address, IPv6Address) and (
        address.ipv4_mapped or address.sixtofour
    )
    if not address.is_global and not carries_a_public_one:
        assert refusal_of_address(address, PRODUCTION) is not None


PRIVATE_NETWORKS = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]
private_addresses = st.sampled_from(PRIVATE_NETWORKS).flatmap(
    lambda network: st.ip_addresses(v=4, network=network)
)


def number(value: int, base: str) -> str:
    return {"decimal": f"{value}", "octal": f"0{value:o}", "hex": f"0x{value:X}"}[base]


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """Some way to write a private IPv4 address that some program somewhere understands."""
    address = draw(private_addresses)
    raw, octets = int(address), list(address.packed)
    bases = st.sampled_from(["decimal", "octal", "hex"])
    parts_count = draw(st.integers(1, 4))
    parts = [*octets[: parts_count - 1], raw & ((1 << 8 * (5 - parts_count)) - 1)]
    odd = ".".join(number(part, draw(bases)) for part in parts)
    low = f"{raw >> 16:x}:{raw & 0xFFFF:x}"
    full = IPv6Address((0xFFFF << 32) | raw).exploded
    forms = [
        str(address),
        odd,
        f"{odd}.",
        "".join(f"%{ord(character):02x}" for character in str(address)),
        str(address).translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)}),
        str(address).replace(".", draw(st.sampled_from("\u3002\uff0e\uff61"))),
        *(f"[{prefix}{low}]" for prefix in ("::", "::ffff:", "::ffff:0:", "64:ff9b::")),
        *(f"[{prefix}{address}]" for prefix in ("::", "::ffff:", "::FFFF:0:", "64:FF9B::")),
        f"[{full}]",
        f"[2002:{low}::1]",
        f"[2001::{(raw ^ 0xFFFFFFFF) >> 16:x}:{(raw ^ 0xFFFFFFFF) & 0xFFFF:x}]",
        f"shop.example@{address}",
    ]
    return draw(st.sampled_from(forms))


@given(spellings(), st.sampled_from(["", ":443", ":8443"]), st.sampled_from(["", "/", "/cb", "?x"]))
def test_a_private_address_is_refused_however_it_is_spelled(
    host: str, port: str, rest: str
) -> None:
    assert refusal_of_url(f"https://{host}{port}{rest}", PRODUCTION) is not None


@given(st.text(max_size=40), st.sampled_from([SANDBOX, PRODUCTION, ANY_PORT]))
def test_any_text_is_allowed_or_refused_without_an_error(text: str, rules: Rules) -> None:
    for url in (text, f"https://{text}", f"https://[{text}]", f"https://shop.example:{text}/"):
        refusal = refusal_of_url(url, rules)
        assert refusal is None or refusal.endswith(".")


@given(st.text("abc019.-_:@[]%/\\?#", max_size=20))
def test_http_client_reads_an_allowed_address_in_the_same_way(text: str) -> None:
    """A second parser reads the address when it is called: it must find the host that was judged"""
    from yarl import URL  # noqa: PLC0415 - only here: the guard itself uses no HTTP client

    url = f"https://{text}"
    if refusal_of_url(url, ANY_PORT) is None:
        read = URL(url, encoded=True)
        authority = re.split("[/?#]", text)[0]
        assert (read.scheme, read.raw_user, read.raw_password) == ("https", None, None)
        host, _, port = authority.rpartition(":") if ":" in authority else (authority, "", "443")
        assert (read.raw_host, read.port) == (host, int(port))
