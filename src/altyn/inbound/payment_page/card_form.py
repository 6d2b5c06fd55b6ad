"""The card form as the browser posts it, read once, with every wrong field found.

Scripts and browsers without scripts post the same form. The table `PROCESS_FORM` reads it; this
module adds the spellings that a browser sends, the rules of the page, and the key of the text for
each broken rule. Source: payment-page.md §3.2, §6.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from altyn.domain.card.free_text import holds_card_number
from altyn.domain.card.values import PAN_LENGTHS, Expiry, is_maestro
from altyn.domain.moscow import to_moscow
from altyn.domain.page import HolderField
from altyn.domain.refusals import Refusal
from altyn.inbound.http.fields import Fields
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.results import FieldFault
from altyn.inbound.payment_page.view import TypedValues, read_expiry
from altyn.operations.bindings.storing import NOT_NEEDED
from altyn.operations.decisions import Refused
from altyn.protocol.dialects.classic.payment_methods import (
    MD_ORDER,
    PROCESS_FORM,
    TRANSACTION_SPELLINGS,
)
from altyn.protocol.table import CheckedRows, check_rows, drop_card_values, first_of
from altyn.protocol.test_cards import lists_expiry

YEARS_AHEAD_MAX: Final = 20
TYPED_CHARS_MAX: Final = 256
CARD_WAYS: Final = frozenset({"", "CARD"})
"""Values of paymentWay that mean the card of the form."""
CARD_FIELDS: Final = frozenset({"$PAN", "pan", "$CVC", "cvc", "$EXPIRY", "YYYY", "MM", "TEXT"})
# The order's id is already read: the order was found by it.
CARD_FORM: Final = replace(
    PROCESS_FORM, parameters=tuple(row for row in PROCESS_FORM.parameters if row is not MD_ORDER)
)
# For shops whose page does not demand the name on the card.
WITHOUT_HOLDER: Final = replace(
    CARD_FORM,
    parameters=tuple(
        replace(row, required=None) if row.field == "holder" else row
        for row in CARD_FORM.parameters
    ),
)
# A browser must not choose where the payer returns to: a forged page could send payers elsewhere.
FOR_SHOPS_ONLY: Final = frozenset({"finish_url", "term_url", "method_notification_url", "ip"})
_SEPARATORS: Final = re.compile(r"[\s().\u2010-\u2015-]+")


class PageForm:
    """The fields of a card form in the spelling of the table: a `Source` for `check_rows`."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self.malformed = fields.malformed

    def get(self, name: str) -> str | None:
        """A field's value. The expiry may come as typed, as YYYYMM, or as YYYY and MM."""
        if name == "$EXPIRY":
            return self._expiry()
        if name == "phone":
            return _SEPARATORS.sub("", self._fields.get(name) or "")
        if name == NOT_NEEDED:
            # In a form without scripts a ticked box follows a hidden field with the other value.
            return next(reversed(self._fields.get_all(name)), None)
        return self._fields.get(name)

    def get_all(self, name: str) -> tuple[str, ...]:
        """Every value of a field."""
        return self._fields.get_all(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def drop_card(self) -> None:
        """Let go of card number and code, which are not shown again."""
        drop_card_values(CARD_FORM, self._fields)

    @property
    def payment_way(self) -> str:
        """The way to pay that the payer chose; empty for the card of the form."""
        return self._fields.get("paymentWay") or ""

    @property
    def transaction(self) -> str | None:
        """The transaction of 3-D Secure 2 whose method step is over; None at the first call."""
        spellings = ("threeDSServerTransId", *TRANSACTION_SPELLINGS)
        return next((value for name in spellings if (value := self._fields.get(name))), None)

    @property
    def other_fields(self) -> dict[str, str]:
        """All fields but those of the card, for a way to pay that is not the card."""
        return {name: self._fields.get(name) or "" for name in self if name not in CARD_FIELDS}

    @property
    def typed_values(self) -> TypedValues:
        """The values that stay in the form after an error. The CVC never does, nor does a card
        number, in whatever field it was typed."""
        return TypedValues(
            holder=self.shown_again("TEXT"),
            expiry=self.shown_again("$EXPIRY"),
            contact=self.shown_again("contact"),
        )

    def shown_again(self, name: str) -> str:
        """A value that stays in its field after an error; empty where it holds a card number."""
        typed = (self._fields.get(name) or "")[:TYPED_CHARS_MAX]
        return "" if holds_card_number(typed) else typed

    def _expiry(self) -> str | None:
        typed = self._fields.get("$EXPIRY")
        if not typed:
            year, month = self._fields.get("YYYY") or "", self._fields.get("MM") or ""
            typed = f"{year}{month:0>2}" if year and month else year + month
        expiry = read_expiry(typed[:TYPED_CHARS_MAX])
        return expiry.wire if expiry else typed or None


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form without faults: its values by field of the operation's command."""

    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFormReader:
    """Reads the form of one request for one order. `now` is the gateway's clock, aware UTC."""

    form: PageForm
    page_order: PageOrder
    now: datetime
    sandbox: bool

    def read(self) -> FilledForm | tuple[FieldFault, ...] | Refused:
        """The values of the form, or every wrong field of the page, or a refusal.

        Refuses as the table of processform.do does, for a parameter that is not a field of the
        page.
        """
        merchant = self.page_order.merchant
        demanded = merchant.settings.page_holder is HolderField.REQUIRED
        table = CARD_FORM if demanded else WITHOUT_HOLDER
        rows = check_rows(table, self.form, merchant, self.form.malformed)
        field_faults = tuple(self._field_faults(rows))
        if field_faults:
            return field_faults
        if rows.faults:
            fault = first_of(CARD_FORM, rows.faults)
            return Refused(fault.refusal, fault.rule, parameter=fault.parameter)
        values = {name: v for name, v in rows.values.items() if name not in FOR_SHOPS_ONLY}
        return FilledForm(values)

    def _field_faults(self, rows: CheckedRows) -> Iterator[FieldFault]:
        refusals = {fault.parameter: fault.refusal for fault in rows.faults}
        for name, text_key_of in TEXT_KEYS.items():
            if name in refusals:
                yield FieldFault(name, text_key_of(self.form.get(name) or ""), refusals[name])
            elif text_key := self._broken_page_rule(name, rows.values):
                yield FieldFault(name, text_key, PAGE_RULES[name])

    def _broken_page_rule(self, name: str, values: dict[str, Any]) -> str:
        """The text of the page's own rule that a readable field breaks; empty when it breaks none.

        The expiry has to be plausible, and the CVC has to be there. Source: payment-page.md §6.
        """
        if name == "$EXPIRY":
            return self._broken_expiry_rule(values["expiry"])
        if name == "$CVC" and "cvc" not in values and self._cvc_required():
            return "cvc_empty"
        return ""

    def _broken_expiry_rule(self, expiry: Expiry) -> str:
        """Test cards keep the expiry of their documentation, although it may be in the past."""
        today = to_moscow(self.now).date()
        if self.sandbox and lists_expiry(self._pan_digits(), expiry):
            return ""
        if not expiry.valid_on(today):
            return "expiry_past"
        return "expiry_far" if expiry.year > today.year + YEARS_AHEAD_MAX else ""

    def _cvc_required(self) -> bool:
        return self.page_order.cvc_required and not is_maestro(self._pan_digits())

    def _pan_digits(self) -> str:
        return _digits(self.form.get("$PAN") or "")


def _digits(typed: str) -> str:
    return re.sub("[^0-9]", "", typed)


def _pan_text_key(typed: str) -> str:
    count = len(_digits(typed))
    if count == 0:
        return "pan_empty"
    if count < PAN_LENGTHS.start:
        return "pan_short"
    return "pan_long" if count >= PAN_LENGTHS.stop else "pan_luhn"


def _expiry_text_key(typed: str) -> str:
    digits = _digits(typed)
    if not digits:
        return "expiry_empty"
    return "expiry_month" if len(digits) in {4, 6} else "expiry_format"


PAGE_RULES: Final = {"$EXPIRY": Refusal.EXPIRY_INVALID, "$CVC": Refusal.CVC_INVALID}
"""The refusal of each field that has a rule of the page besides the table's."""

# The fields of the page in their order, with the text for a value that the table refuses.
TEXT_KEYS: Final[dict[str, Callable[[str], str]]] = {
    "$PAN": _pan_text_key,
    "$EXPIRY": _expiry_text_key,
    "$CVC": lambda typed: "cvc_length" if typed else "cvc_empty",
    "TEXT": lambda typed: "holder_letters" if typed.strip() else "holder_empty",
    "email": lambda typed: "email_format" if typed else "email_empty",
    "phone": lambda typed: "phone_format" if typed else "phone_empty",
}
