"""What a request to the simulated payer has for every way to pay; each way adds its own members."""

import msgspec

from altyn.inbound.sandbox.payer.visit import Visit, VisitEnd


class PayerRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the payer pays. `language` is that of the pages; without it the order's is used."""

    way: str
    language: str | None = None

    def check(self) -> None:
        """Raise ValueError for members that do not fit together."""

    async def play(self, visit: Visit) -> VisitEnd:
        """Pay the order of the visit. Raises PayerError: a page did not behave."""
        raise NotImplementedError
