"""The console's form for a test order: its fields, and the request that it makes of them.

The form decides nothing: what it makes is sent to the API, and the API's answer is shown.
Source: rest-orders.md §2.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from altyn.inbound.web.amounts import minor_units

REGISTER: Final = "register.do"
PRE_AUTH: Final = "registerPreAuth.do"
RECEIVER_PATH: Final = "/sandbox/receiver/ok"
RETURN_PATH: Final = "/console/returned"
_MORE_LINE: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9_.]*)\s*=(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TestOrder:
    """The form's fields, as a person typed them. `amount` is in roubles: "1500.00" or "1 500,50".

    `more` has further parameters of the method, one `name=value` a line.
    """

    __test__ = False  # pytest takes a class named Test… for tests

    amount: str = "1500.00"
    order_number: str = ""
    description: str = ""
    client_id: str = ""
    email: str = ""
    two_stage: bool = False
    cart: bool = False
    callbacks: bool = True
    more: str = ""

    @property
    def method(self) -> str:
        """The method that registers this order."""
        return PRE_AUTH if self.two_stage else REGISTER

    def unread_lines(self) -> list[str]:
        """The lines of `more` that are no `name=value`."""
        return [line for line in self.more.splitlines() if line.strip() and not _pair(line)]

    def fields(self, credentials: Mapping[str, str], base_url: str) -> dict[str, str]:
        """The parameters of the request, in the order in which a developer writes them.

        An amount that is no number is sent as it was typed, so that the API says what is wrong.
        """
        minor = minor_units(self.amount)
        sent = {
            **credentials,
            "orderNumber": self.order_number.strip(),
            "amount": self.amount if minor is None else str(minor),
            "returnUrl": f"{base_url}{RETURN_PATH}",
            "description": self.description.strip(),
            "clientId": self.client_id.strip(),
            "email": self.email.strip(),
            "dynamicCallbackUrl": f"{base_url}{RECEIVER_PATH}" if self.callbacks else "",
            "orderBundle": sample_cart(minor or 0) if self.cart else "",
        }
        named = {name: value for name, value in sent.items() if value}
        pairs = [pair for line in self.more.splitlines() if (pair := _pair(line))]
        return {**named, **dict(pairs)}


def read_test_order(form: Mapping[str, str]) -> TestOrder:
    """The order of a sent form. A box that is not ticked is not sent by browsers."""
    texts = ("amount", "order_number", "description", "client_id", "email", "more")
    boxes = ("two_stage", "cart", "callbacks")
    typed = {name: form.get(name, "") for name in texts}
    ticked = {name: form.get(name) == "on" for name in boxes}
    return replace(TestOrder(), **typed, **ticked)  # type: ignore[arg-type]  # names of its fields


def sample_cart(amount_minor: int) -> str:
    """A cart of two positions that adds up to the amount, as `orderBundle`.

    Source: fiscal.md §1.
    """
    delivery = min(30_000, amount_minor // 2)
    lines = ((1, "Чай чёрный", amount_minor - delivery), (2, "Доставка", delivery))
    items = [
        {
            "positionId": str(number),
            "name": name,
            "quantity": {"value": 1, "measure": "шт"},
            "itemAmount": price,
            "itemPrice": price,
            "itemCode": f"console-{number}",
            "tax": {"taxType": 0, "taxSum": 0},
        }
        for number, name, price in lines
        if price > 0
    ]
    return msgspec.json.encode({"cartItems": {"items": items}}).decode()


def _pair(line: str) -> tuple[str, str] | None:
    match = _MORE_LINE.fullmatch(line)
    return (match[1], match[2].strip()) if match else None
