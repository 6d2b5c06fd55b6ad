"""The JSON types of this dialect whose free attributes have rules of their own.

Source: payment-page.md §6; sberpay.md §3.
"""

from typing import Final

from altyn.protocol import types as t
from altyn.protocol.dialects.classic import app_types as a
from altyn.protocol.free_attributes import BACK_TO_SHOP, with_addresses, with_contact

ADDRESSES: Final = {BACK_TO_SHOP: t.RETURN_URL, "sberpay.backurl": a.BACK_URL}
"""The attributes that lead a payer somewhere, with the rule of each."""

EMAIL: Final = t.text(128)
"""The rule of the parameter `email`, and of the attribute."""

REGISTRATION_PARAMS: Final = with_contact(with_addresses(t.JSON_PARAMS, ADDRESSES), EMAIL)
LATER_PARAMS: Final = with_contact(
    with_addresses(t.JSON_PARAMS, ADDRESSES), EMAIL, with_parameters=False
)
PAYMENT_PARAMS: Final = with_contact(with_addresses(t.FLAT_JSON, ADDRESSES), EMAIL)
