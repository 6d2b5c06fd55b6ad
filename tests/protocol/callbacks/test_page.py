"""The page for shops: its examples check real callbacks, and its table is the one of the code."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from altyn.diagnostics.checksum_mistakes import LOWER_CASE, MISTAKES
from altyn.protocol.dialects.classic.callbacks.checksum import asymmetric, canonical, symmetric

ROOT: Final = Path(__file__).resolve().parents[3]
PAGE: Final = (ROOT / "docs" / "how-to" / "check-a-callback.md").read_text("utf-8")
KEY = "ключ-№1"
SENT = {"status": "1", "mdOrder": "5f0c", "Zone": "a;b", "orderNumber": "Заказ №7", "amount": ""}


def examples() -> dict[str, Any]:
    """What the page's Python defines."""
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, names)  # noqa: S102 - the page's own code
    return names


def test_example_accepts_the_right_checksum_only() -> None:
    is_right = examples()["is_right"]
    checksum = symmetric(KEY, canonical(SENT))

    assert is_right({**SENT, "checksum": checksum, "sign_alias": "k1"}, KEY)
    assert not is_right({**SENT, "checksum": checksum, "status": "0"}, KEY)
    assert not is_right({**SENT, "checksum": checksum}, "another")
    assert not is_right({**SENT, "checksum": "не число"}, KEY)
    assert not is_right(SENT, KEY)


def test_the_example_with_a_certificate_does_too() -> None:
    is_signed = examples()["is_signed"]
    private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "callbacks")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(
            name, name, private_key.public_key(), 1, begin, begin + timedelta(days=1)
        )
        .sign(private_key, SHA256())
        .public_bytes(Encoding.PEM)
    )
    checksum = asymmetric(private_key, canonical(SENT))

    assert is_signed({**SENT, "checksum": checksum, "sign_alias": "k1"}, certificate)
    assert not is_signed({**SENT, "checksum": checksum, "status": "0"}, certificate)
    assert not is_signed(SENT, certificate)


def test_the_page_has_every_mistake_that_a_shop_makes() -> None:
    rows = [row for row in (*MISTAKES, LOWER_CASE) if not row.only_in_transit]
    table = "\n".join(f"| {row.happened} | {row.remedy} |" for row in rows)

    assert PAGE.endswith(f"| What your code did | What to do |\n| --- | --- |\n{table}\n")
