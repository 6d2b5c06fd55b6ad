"""The ways an order can be paid, by their names on the wire.

`paymentWay` of a status answer, a callback and a binding is a name of this list.
Source: codes.md §6; wallets.md §7; sbp-qr.md; sberpay.md; bnpl.md §9.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class PaymentWay(StrEnum):
    """Values of `paymentWay`. Published names keep their meaning, also those no bank offers now."""

    CARD = "CARD"
    CARD_BINDING = "CARD_BINDING"
    CARD_MOTO = "CARD_MOTO"
    CARD_PRESENT = "CARD_PRESENT"
    FILE_BINDING = "FILE_BINDING"
    SMS_BINDING = "SMS_BINDING"
    P2P = "P2P"
    P2P_BINDING = "P2P_BINDING"
    UPOP = "UPOP"
    PAYPAL = "PAYPAL"
    MTS = "MTS"

    SBRF_SBOL = "SBRF_SBOL"
    SBRF_SBOL_BINDING = "SBRF_SBOL_BINDING"
    SBERPAY = "SBERPAY"
    SBERID = "SBERID"
    IPOS = "IPOS"

    SBP_C2B = "SBP_C2B"
    SBP_C2B_BINDING = "SBP_C2B_BINDING"
    BNPL = "BNPL"

    APPLE_PAY = "APPLE_PAY"
    APPLE_PAY_BINDING = "APPLE_PAY_BINDING"
    ANDROID_PAY = "ANDROID_PAY"
    ANDROID_PAY_BINDING = "ANDROID_PAY_BINDING"
    GOOGLE_PAY_CARD = "GOOGLE_PAY_CARD"
    GOOGLE_PAY_CARD_BINDING = "GOOGLE_PAY_CARD_BINDING"
    GOOGLE_PAY_TOKENIZED = "GOOGLE_PAY_TOKENIZED"
    GOOGLE_PAY_TOKENIZED_BINDING = "GOOGLE_PAY_TOKENIZED_BINDING"
    SAMSUNG_PAY = "SAMSUNG_PAY"
    SAMSUNG_PAY_BINDING = "SAMSUNG_PAY_BINDING"
    MIR_PAY = "MIR_PAY"
    MIR_PAY_BINDING = "MIR_PAY_BINDING"
    YANDEX_PAY_CARD = "YANDEX_PAY_CARD"
    YANDEX_PAY_CARD_BINDING = "YANDEX_PAY_CARD_BINDING"
    TOKEN_PAY = "TOKEN_PAY"  # noqa: S105 - a way to pay, not a password
    TOKEN_PAY_BINDING = "TOKEN_PAY_BINDING"  # noqa: S105 - as above

    @property
    def by_binding(self) -> bool:
        """Whether a stored credential pays."""
        return self.value.endswith("_BINDING")


SPELLINGS: Final[Mapping[str, PaymentWay]] = {
    "SBERPAY": PaymentWay.SBRF_SBOL,
    "SBRF_BNPL": PaymentWay.BNPL,
}
"""Other names of ways in the lists of allowed ways. Source: sberpay.md §5; bnpl.md §9."""


def named_way(text: str) -> PaymentWay | None:
    """The way of this name, in any case; None for a name that is not a way."""
    name = text.strip().upper()
    known = SPELLINGS.get(name, name)
    return PaymentWay(known) if known in set(PaymentWay) else None
