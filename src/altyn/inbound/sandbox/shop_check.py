"""Checks a callback that a shop received with the keys of that shop, as pages and the API do it.

Source: callbacks.md §6.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from starlette.requests import Request

from altyn.diagnostics.checksum_verdict import SYMMETRIC_DIGITS, Verdict
from altyn.diagnostics.received_callback import Received
from altyn.domain.callback import ChecksumKind
from altyn.domain.merchant import Merchant
from altyn.inbound.sandbox.answers import RefusedError
from altyn.inbound.sandbox.checksum_search import ChecksumSearch


class Certificate(Protocol):
    """The public half of a signing key: its name on the wire, and X.509 in PEM."""

    @property
    def alias(self) -> str: ...
    @property
    def pem(self) -> str: ...


Certificates = Callable[[int], Awaitable[Sequence[Certificate]]]
"""All certificates of a merchant, newest first."""


class NoKeyError(RefusedError):
    """The shop has neither a key nor a certificate."""


class UnknownAliasError(RefusedError):
    """The callback names a certificate that the shop does not have."""


@dataclass(frozen=True, slots=True)
class ShopCheck:
    """Checks callbacks with the keys of their shops; `search` bounds the time of all checks."""

    certificates: Certificates
    search: ChecksumSearch = field(default_factory=ChecksumSearch)

    async def verdict(
        self, request: Request, merchant: Merchant, received: Received, computed: str | None
    ) -> Verdict:
        """The verdict on a callback, and on the checksum that the shop's code computed.

        `request` is the request for it, whose body has been read. Refuses: UnknownAliasError, a
        `computed` for a callback that is signed by a private key, NoKeyError.
        """
        key = merchant.settings.callbacks.key
        public_key = await self._public_key(merchant, received)
        if computed is not None and public_key is not None:
            raise RefusedError(
                "computed: this callback is signed by a private key, so that no shop can compute "
                "its checksum; leave it out"
            )
        if key is None and public_key is None:
            login = merchant.login
            raise NoKeyError(f"{login} has no key: `altyn merchant set {login} callbacks.key=…`")
        return await self.search.check(
            request, received, key=key, public_key=public_key, computed=computed
        )

    async def _public_key(self, merchant: Merchant, received: Received) -> RSAPublicKey | None:
        """The key that checks an asymmetric checksum."""
        asymmetric = merchant.settings.callbacks.checksum is ChecksumKind.ASYMMETRIC
        if not asymmetric and len(received.checksum or "") <= SYMMETRIC_DIGITS:
            return None
        certificates = await self.certificates(merchant.merchant_id)
        for certificate in certificates:
            if received.alias in {None, certificate.alias}:
                found = x509.load_pem_x509_certificate(certificate.pem.encode()).public_key()
                assert isinstance(found, RSAPublicKey), "signing keys are RSA keys"
                return found
        known = ", ".join(each.alias for each in certificates) or "none"
        raise UnknownAliasError(
            f"sign_alias: {merchant.login} has no such certificate; it has: {known}"
        )
