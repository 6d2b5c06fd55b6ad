"""The free attributes of an order whose values have a form: addresses that a payer is sent to, and
the phone.

An address has one rule, wherever it is sent: as a parameter or inside jsonParams, at a registration
of any kind, with a payment, or afterwards. Source: payment-page.md §6; sberpay.md §3; 004 (phone).
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from altyn.domain.phone import compact_phone, phone_text
from altyn.protocol import types as t
from altyn.protocol.malformed import Malformed

BACK_TO_SHOP: Final = "backToShopUrl"
PHONE: Final = "phone"
_PHONE_DIGITS: Final = re.compile(r"\+?[0-9]{7,15}")


def check_addresses(
    params: Mapping[str, str], types: Mapping[str, t.Type], context: t.Context
) -> None:
    """Raises Malformed for an address that no payer may be sent to; an empty one is none."""
    for name, type_ in types.items():
        if value := params.get(name):
            try:
                type_.parse(value, context)
            except Malformed as fault:
                raise Malformed(f"{name}: {fault}") from None


def with_addresses(base: t.Type, types: Mapping[str, t.Type]) -> t.Type:
    """A JSON type that also checks these addresses among its values."""

    def parse(value: str, context: t.Context) -> dict[str, str]:
        flat: dict[str, str] = base.parse(value, context)
        check_addresses(flat, types, context)
        return flat

    return replace(base, parse=parse)


def with_phone(base: t.Type) -> t.Type:
    """A JSON type that also checks the phone, unless the parameter `phone` is sent, which wins.

    Blanks, hyphens, dots and brackets between the digits are left out.
    """

    def parse(value: str, context: t.Context) -> dict[str, str]:
        flat: dict[str, str] = base.parse(value, context)
        sent = flat.get(PHONE, "").strip()
        if sent and not context.is_given(PHONE):
            number = compact_phone(phone_text(flat[PHONE]))
            if number is None or not _PHONE_DIGITS.fullmatch(number):
                raise Malformed(f"{PHONE}: not a phone number of 7 to 15 digits")
        return flat

    return replace(base, parse=parse)
