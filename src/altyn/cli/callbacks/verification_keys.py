"""The keys with which `verify` and `listen` check callbacks: a shop's, or those in the options.

No key is ever printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from altyn.cli.environment import POSTGRES, read_settings
from altyn.cli.lookup import unknown_shop
from altyn.cli.output import CommandError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from altyn.diagnostics.checksum_verdict import Verdict
    from altyn.diagnostics.received_callback import Received
    from altyn.settings import Settings
    from altyn.storage.database import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationKeys:
    """The keys of a check: a shared key, certificates by alias (newest first), or both.

    `owner`: whose keys they are, in words. `other_keys`: keys of other shops, by login; one of them
    may have been used by mistake.
    """

    owner: str
    key: str | None = field(default=None, repr=False)
    certificates: "Mapping[str, RSAPublicKey]" = field(default_factory=dict)
    other_keys: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def words(self) -> str:
        """The keys in words: "the key of test"."""
        certificates = ("the certificate", "the certificates")[len(self.certificates) > 1]
        has = [*(["the key"] if self.key else []), *([certificates] if self.certificates else [])]
        return f"{' and '.join(has)} {self.owner}"

    def check(self, received: "Received", computed: str | None = None) -> "Verdict":
        """The verdict on a callback, and on the checksum that a shop's code computed for it.

        Refuses with CommandError: a computed checksum without a shared key.
        """
        from altyn.diagnostics.checksum_verdict import check_checksum

        if computed is not None and self.key is None:
            raise CommandError(
                "With a certificate a shop computes no checksum: it verifies the received one. "
                "Leave out --computed, or give the shared key with --key."
            )
        newest = next(iter(self.certificates.values()), None)
        return check_checksum(
            received,
            key=self.key,
            public_key=None if computed else self.certificates.get(received.alias or "", newest),
            computed=computed,
            other_keys=self.other_keys,
        )


def find_keys(shop: str | None, key: str | None, certificate: Path | None) -> VerificationKeys:
    """The keys in the options, else the shop's from the gateway's database, else the demo shop's.

    Refuses with CommandError: a shop together with a key, a key with unprintable characters, a
    certificate that cannot be read, an unknown shop, a shop without key and certificate.
    """
    if shop is not None and (key is not None or certificate is not None):
        raise CommandError(
            "--merchant takes the key and the certificates from the gateway; leave it out, or "
            "leave out --key and --certificate."
        )
    if key is not None and not key.isprintable():
        raise CommandError("The key has unprintable characters. Give it as UTF-8 text.")
    if key is not None or certificate is not None:
        certificates = {"": read_public_key(certificate)} if certificate else {}
        return VerificationKeys(
            owner="that was given", key=key, certificates=certificates, other_keys=_demo(key)
        )
    from altyn.storage.demo import DEMO_CALLBACK_KEY, DEMO_LOGIN

    settings = read_settings()
    has_gateway = settings.database_url is not None or (settings.home / POSTGRES).exists()
    if shop is None and not has_gateway:
        return VerificationKeys(owner=f"of the demo shop {DEMO_LOGIN}", key=DEMO_CALLBACK_KEY)
    return _stored(settings, shop or DEMO_LOGIN)


def _demo(key: str | None) -> Mapping[str, str]:
    from altyn.storage.demo import DEMO_CALLBACK_KEY, DEMO_LOGIN

    return {} if key in {None, DEMO_CALLBACK_KEY} else {DEMO_LOGIN: DEMO_CALLBACK_KEY}


def read_public_key(path: Path) -> "RSAPublicKey":
    """The public key of a PEM file: a certificate, or the key itself.

    Refuses with CommandError: the file cannot be read, it contains neither, the key is not RSA.
    """
    try:
        return public_key_of(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be read ({error.strerror}).") from None
    except ValueError:
        raise CommandError(
            f"{path} must contain an RSA certificate or an RSA public key in PEM. "
            "`altyn merchant certificate SHOP` prints the shop's certificate."
        ) from None


def public_key_of(pem: bytes) -> "RSAPublicKey":
    """The public key in a PEM text. Raises ValueError: neither certificate nor key, not RSA."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from cryptography.x509 import load_pem_x509_certificate

    try:
        found = (
            load_pem_x509_certificate(pem).public_key()
            if b"-----BEGIN CERTIFICATE-----" in pem
            else load_pem_public_key(pem)
        )
    except UnsupportedAlgorithm as error:
        raise ValueError("a key of an unknown kind") from error
    if not isinstance(found, RSAPublicKey):
        raise ValueError("no RSA key")  # noqa: TRY004 - as for a text without a key
    return found


def _stored(settings: "Settings", login: str) -> VerificationKeys:
    from altyn.cli.database import with_pool

    async def read(pool: "Pool") -> VerificationKeys:
        from altyn.storage.merchants import merchant_of
        from altyn.storage.statements import statement

        found = await statement("find_merchant").fetch(pool, login=login)
        if not found:
            raise await unknown_shop(pool, login, " Or give the key itself with --key.")
        merchant_id = found[0]["merchant_id"]
        rows = await statement("list_certificates").fetch(pool, merchant_id=merchant_id)
        shops = [merchant_of(row) for row in await statement("list_merchants").fetch(pool)]
        mine = next(shop for shop in shops if shop.merchant_id == merchant_id)
        key = mine.settings.callbacks.key
        if key is None and not rows:
            raise CommandError(
                f"The shop {mine.login} has neither a key nor a certificate. Give it a key with "
                f"`altyn merchant set {mine.login} callbacks.key=…`."
            )
        return VerificationKeys(
            owner=f"of {mine.login}",
            key=key,
            certificates={row["alias"]: public_key_of(row["certificate"].encode()) for row in rows},
            other_keys={
                shop.login: other
                for shop in shops
                if (other := shop.settings.callbacks.key) not in {None, key} and other is not None
            },
        )

    return with_pool(settings, read)
