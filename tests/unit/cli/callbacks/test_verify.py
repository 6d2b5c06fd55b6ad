"""`altyn callbacks verify`: its output and exit code for correct and wrong checksums."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import typer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner, Result

from altyn.cli.callbacks import verification_keys
from altyn.cli.callbacks.verification_keys import find_keys, public_key_of
from altyn.cli.callbacks.verify import read_text, verify
from altyn.cli.escaping import visible
from altyn.cli.output import CommandError
from altyn.protocol.dialects.classic.callbacks.checksum import asymmetric, canonical, symmetric
from altyn.storage.demo import DEMO_CALLBACK_KEY

KEY = "sb-test-key-0001"
SENT = {
    "mdOrder": "5f0c1b0a-3d3e-7a11-9c55-1f2e3d4c5b6a",
    "orderNumber": "ORD-1001",
    "operation": "deposited",
    "status": "1",
}
SIGNED = canonical(SENT)
CHECKSUM = "0AE2D50259F541C34C81C39373911CA119658B73B3DB5BD488FAC93D2D7306A7"
ADDRESS = f"https://shop.example/cb?{urlencode(SENT)}&checksum={CHECKSUM}"

app = typer.Typer()
app.command()(verify)


@pytest.fixture(autouse=True)
def no_gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALTYN_HOME", str(tmp_path / "nobody"))
    monkeypatch.delenv("ALTYN_DATABASE_URL", raising=False)


def run(*words: str, **more: Any) -> Result:
    return CliRunner().invoke(app, words, **more)


def test_a_right_callback_ends_with_0_and_shows_what_was_signed() -> None:
    answer = run(ADDRESS, "--key", KEY)

    assert answer.exit_code == 0, answer.output
    lines = answer.output.splitlines()
    assert "right" in lines
    assert f"signed    {SIGNED}" in lines
    assert f"checksum  {CHECKSUM}, right" in lines
    assert answer.output.count(CHECKSUM) == 1


def test_a_body_comes_by_standard_input() -> None:
    answer = run("-", "--key", KEY, input=f"{ADDRESS.partition('?')[2]}\n")

    assert answer.exit_code == 0, answer.output


def test_an_altered_callback_ends_with_1_and_is_explained() -> None:
    answer = run(ADDRESS.replace("status=1", "status=0"), "--key", KEY)

    assert answer.exit_code == 1
    assert "wrong" in answer.output
    assert "changed after the signing" in answer.output
    assert f"Made from {SIGNED}" in answer.output


def test_the_mistake_of_a_shop_is_explained() -> None:
    computed = symmetric(KEY, SIGNED[:-1])

    answer = run(ADDRESS, "--key", KEY, "--computed", computed)

    assert answer.exit_code == 1
    assert f"checksum  {CHECKSUM}, right" in answer.output
    assert f"computed  {computed}, wrong" in answer.output
    assert "The semicolon at the very end was missing." in answer.output
    assert "Remedy    Put a `;` after every value" in answer.output


def test_without_a_gateway_the_demo_shops_key_is_taken() -> None:
    body = urlencode({**SENT, "checksum": symmetric(DEMO_CALLBACK_KEY, SIGNED)})

    answer = run(body)

    assert answer.exit_code == 0, answer.output
    assert "of the demo shop test" in answer.output
    assert DEMO_CALLBACK_KEY not in answer.output


def test_demo_shops_key_is_recognised_when_another_is_given() -> None:
    body = urlencode({**SENT, "checksum": symmetric(DEMO_CALLBACK_KEY, SIGNED)})

    answer = run(body, "--key", KEY)

    assert answer.exit_code == 1
    assert "the key of test" in answer.output


def test_address_without_quotation_marks_is_recognised() -> None:
    answer = run(ADDRESS.partition("&")[0], "--key", KEY)

    assert answer.exit_code == 1
    assert "The callback has no checksum" in answer.output
    assert "in quotes" in answer.output


def test_control_characters_of_outside_texts_are_not_printed() -> None:
    answer = run("a=%1b[2J%0a&b=[red]&checksum=%07", "--key", KEY)

    assert answer.exit_code == 1
    assert "a;\\x1b[2J\\n;b;[red];" in answer.output
    assert visible("Заказ №7\u202e\ud800") == "Заказ №7\\u202e\\ud800"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("hello", "--key", KEY), "not a callback"),
        (("a=1", "--key", KEY, "--merchant", "test"), "--merchant"),
        (("a=1", "--certificate", "/nowhere/at.all"), "cannot be read"),
        (("a=1", "--merchant", "test"), "There is no gateway"),
        (("a=1", "--key", "a\x00b"), "The key has unprintable characters"),
    ],
)
def test_invalid_options_are_refused(words: tuple[str, ...], expected: str) -> None:
    answer = run(*words)

    assert isinstance(answer.exception, CommandError)
    assert expected in str(answer.exception)


# ── Certificates ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "callbacks")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + timedelta(1))
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def public_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    "pem", [certificate, public_pem, lambda key: b"alias k1\n" + certificate(key)]
)
def test_certificate_or_public_key_is_accepted(
    pem: Any, private_key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    file = tmp_path / "shop.pem"
    file.write_bytes(pem(private_key))
    body = urlencode({**SENT, "sign_alias": "k1", "checksum": asymmetric(private_key, SIGNED)})

    right = run(body, "--certificate", str(file))
    wrong = run(body.replace("ORD-1001", "ORD-1002"), "--certificate", str(file))
    computed = run(body, "--certificate", str(file), "--computed", CHECKSUM)

    assert right.exit_code == 0, right.output
    assert "Checked with the certificate that was given." in right.output
    assert SIGNED in right.output
    assert wrong.exit_code == 1
    assert "another key, or a value was altered" in wrong.output
    assert isinstance(computed.exception, CommandError)


def test_a_file_without_an_rsa_key_is_refused(
    tmp_path: Path, private_key: rsa.RSAPrivateKey
) -> None:
    of_unknown_algorithm = (
        b"-----BEGIN PUBLIC KEY-----\nMAswBQYDKgMEAwIAAA==\n-----END PUBLIC KEY-----\n"
    )
    elliptic = public_pem(ec.generate_private_key(ec.SECP256R1()))
    for content in (b"", b"hello", elliptic, of_unknown_algorithm):
        file = tmp_path / "other.pem"
        file.write_bytes(content)
        with pytest.raises(CommandError, match="must contain an RSA"):
            find_keys(None, None, file)
    assert public_key_of(public_pem(private_key)) == private_key.public_key()


def test_the_certificate_is_found_by_its_alias(private_key: rsa.RSAPrivateKey) -> None:
    newer = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    keys = verification_keys.VerificationKeys(
        owner="of test",
        certificates={"k2": newer.public_key(), "k1": private_key.public_key()},
    )
    for alias, key, right in (
        ("k1", private_key, True),
        ("k2", newer, True),
        ("k1", newer, False),
        ("unknown", newer, True),
    ):
        sent = {**SENT, "sign_alias": alias, "checksum": asymmetric(key, SIGNED)}
        assert keys.check(read_text(urlencode(sent))).right is right


def test_a_key_is_never_printed() -> None:
    keys = find_keys(None, KEY, None)
    assert KEY not in repr(keys)
    assert keys.words == "the key that was given"


def test_help_loads_no_heavy_modules() -> None:
    heavy = ("aiohttp", "asyncpg", "cryptography", "altyn.protocol")
    program = (
        "import sys, altyn.cli.callbacks.listen, altyn.cli.callbacks.verify; "
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )

    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert output.stdout.strip() == "[]"
