"""The free attributes of an order whose values have a form: addresses that a payer is sent to, and
the contact of the payer.

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
EMAIL: Final = "email"
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


def with_contact(base: t.Type, email: t.Type, *, with_parameters: bool = True) -> t.Type:
    """A JSON type that also checks the phone and the e-mail address; `email` is the address's rule.

    Blanks, hyphens, dots and brackets between the digits of a phone are left out. A parameter
    `phone` or `email` of the same request wins, and the value in the JSON is not checked, unless
    the method has no such parameters (`with_parameters`).
    """

    def parse(value: str, context: t.Context) -> dict[str, str]:
        flat: dict[str, str] = base.parse(value, context)
        for name, check in ((PHONE, _check_phone), (EMAIL, email.parse)):
            wins = with_parameters and context.is_given(name)
            if flat.get(name, "").strip() and not wins:
                try:
                    check(flat[name], context)
                except Malformed as fault:
                    raise Malformed(f"{name}: {fault}") from None
        return flat

    return replace(base, parse=parse)


def _check_phone(text: str, _: t.Context) -> None:
    number = compact_phone(phone_text(text))
    if number is None or not _PHONE_DIGITS.fullmatch(number):
        raise Malformed("not a phone number of 7 to 15 digits")
