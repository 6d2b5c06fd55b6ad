"""The addresses at which a fiscal provider reports that a receipt has a result.

The last part of an address proves that we have given it out: it is computed from the receipt with
a key of the key file. Such a call makes the gateway ask for the result, and nothing else.
"""

import hmac
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from altyn.security.keys import KeyRing

_PURPOSE: Final = "addresses of receipts' results"


@dataclass(frozen=True, slots=True)
class ResultAddresses:
    """Makes and checks the addresses below `base`; without a base there are none."""

    base: str | None
    key: bytes = field(repr=False)

    @classmethod
    def of(cls, ring: KeyRing, base: str | None) -> "ResultAddresses":
        """The addresses of an installation."""
        return cls(base, ring.derive(_PURPOSE))

    def address(self, merchant_id: int, order_id: UUID, version: int) -> str | None:
        """The address for the receipt of one version of an order."""
        if self.base is None:
            return None
        proof = self._proof(merchant_id, order_id, version)
        return f"{self.base}/{merchant_id}/{order_id}/{version}/{proof}"

    def is_ours(self, merchant_id: int, order_id: UUID, version: int, proof: str) -> bool:
        """Whether an address with this proof was made here."""
        expected = self._proof(merchant_id, order_id, version)
        return hmac.compare_digest(expected.encode(), proof.encode())

    def _proof(self, merchant_id: int, order_id: UUID, version: int) -> str:
        receipt = f"{merchant_id} {order_id} {version}".encode()
        return hmac.digest(self.key, receipt, "sha256").hex()[:32]
