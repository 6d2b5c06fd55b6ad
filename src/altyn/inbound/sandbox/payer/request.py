"""What a request to the simulated payer has for every way to pay; each way adds its own members."""

from typing import ClassVar

import msgspec

from altyn.domain.order import Attempt
from altyn.inbound.sandbox.payer.visit import Visit, VisitEnd
from altyn.protocol.payment_ways import PaymentWay


class PayerRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the payer pays. `language` is that of the pages; without it the order's is used.

    `email` or `phone` is typed where the page asks for it, so that the receipt can be sent. A way
    may need one of them for a step of its own too (`typed_elsewhere`). `pays_by` is the way as the
    payment page names it.
    """

    typed_elsewhere: ClassVar[frozenset[str]] = frozenset()
    pays_by: ClassVar[PaymentWay]

    way: str
    language: str | None = None
    email: str | None = None
    phone: str | None = None

    def check(self) -> None:
        """Raise ValueError for members that do not fit together."""

    def clear(self) -> None:
        """Overwrite in memory what must not stay there; the request is not used any more."""

    @property
    def contact(self) -> dict[str, str]:
        """The fields of the form for the receipt; those that the request has."""
        sent = (("email", self.email), ("phone", self.phone))
        return {name: value for name, value in sent if value is not None}

    def goes_on_with(self, waiting: Attempt) -> bool:  # noqa: ARG002 - used by the ways that can
        """Whether the payer ends this payment, which waits for its payer, instead of another."""
        return False

    async def play(self, visit: Visit) -> VisitEnd:
        """Pay the order of the visit. Raises PayerError: a page did not behave."""
        raise NotImplementedError
