"""The card form as it comes in, from scripts or without them, and what is wrong with it in words.

Both ways are read by the one table `PROCESS_FORM`; here stand only the spellings a browser adds and
the sentence that each broken rule deserves. Source: payment-page.md §3.2, §6.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from altyn.domain.card.values import PAN_LENGTHS, Expiry, is_maestro
from altyn.domain.merchant import Permission
from altyn.domain.moscow import to_moscow
from altyn.domain.refusals import Refusal
from altyn.inbound.http.fields import Fields
from altyn.inbound.payment_page.sandbox_cards import listed_expiry
from altyn.inbound.payment_page.texts import text
from altyn.inbound.payment_page.view import TypedValues, read_expiry
from altyn.inbound.payment_page.visits import Visit
from altyn.operations.decisions import Refused
from altyn.protocol.dialects.classic.payment_methods import PROCESS_FORM
from altyn.protocol.table import Fault, check

YEARS_AHEAD_MAX: Final = 20
TYPED_CHARS_MAX: Final = 256
# Where a payer comes back to is ours to say; a page that could choose it would lead payers astray.
NOT_A_PAYERS: Final = frozenset({"finish_url", "term_url", "method_notification_url", "ip"})
CARD_PAYMENT: Final = ("", "CARD")
_SEPARATORS: Final = re.compile(r"[\s().\u2010-\u2015-]+")


class PageForm:
    """The parameters of a card form, in the spelling of the table: a `Source` for `check`."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self.malformed = fields.malformed

    def get(self, name: str) -> str | None:
        """A parameter's value. The expiry may come as typed, as YYYYMM, or as YYYY and MM."""
        if name == "$EXPIRY":
            return self._expiry()
        if name == "phone":
            return _SEPARATORS.sub("", self._fields.get(name) or "")
        if name == "bindingNotNeeded":
            # Without scripts the ticked box comes after the hidden field that says no.
            return next(reversed(self._fields.get_all(name)), None)
        return self._fields.get(name)

    def get_all(self, name: str) -> tuple[str, ...]:
        """Every value of a parameter."""
        return self._fields.get_all(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    @property
    def typed(self) -> TypedValues:
        """What stays in the form after an error: never the number of the card, never its code."""
        return TypedValues(
            holder=self._short("TEXT"),
            expiry=self._short("$EXPIRY"),
            email=self._short("email"),
            phone=self._short("phone"),
        )

    def _short(self, name: str) -> str:
        return (self._fields.get(name) or "")[:TYPED_CHARS_MAX]

    def _expiry(self) -> str | None:
        typed = self._fields.get("$EXPIRY")
        if not typed:
            year, month = self._fields.get("YYYY") or "", self._fields.get("MM") or ""
            typed = f"{year}{month:0>2}" if year and month else year + month
        read = read_expiry(typed[:TYPED_CHARS_MAX])
        return read.wire if read else typed or None


@dataclass(frozen=True, slots=True)
class FieldFault:
    """A field that cannot be accepted: its wire name, the payer's words, the table's own error."""

    name: str
    words: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Filled:
    """A form read by its table: values by field of the operation's command."""

    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardReader:
    """Reads the form of one request for one order. `now` is the gateway's clock, aware UTC."""

    form: PageForm
    visit: Visit
    now: datetime
    language: str
    sandbox: bool

    def read(self) -> Filled | tuple[FieldFault, ...] | Refused:
        """Every faulty field of the page at once, or the values of all.

        Refuses as the table of processform.do does; PARAMETER_INVALID also for a way to pay that is
        no card.
        """
        if (self.form.get("paymentWay") or "") not in CARD_PAYMENT:
            rule = "only cards are taken here"
            return Refused(Refusal.PARAMETER_INVALID, rule, parameter="paymentWay")
        faults = tuple(self._field_faults())
        if faults:
            return faults
        checked = check(PROCESS_FORM, self.form, self.visit.merchant, self.form.malformed)
        if isinstance(checked, Fault):
            return Refused(checked.refusal, checked.rule, parameter=checked.parameter)
        return Filled({name: v for name, v in checked.values.items() if name not in NOT_A_PAYERS})

    def _field_faults(self) -> Iterator[FieldFault]:
        for name, words in WORDS.items():
            checked = check(ALONE[name], self.form, self.visit.merchant, self.form.malformed)
            if isinstance(checked, Fault):
                fault, key = checked, words(self.form.get(name) or "")
            elif broken := self._page_rule(name, checked.values):
                refusal, key = broken
                fault = Fault(refusal, name, f"payment-page.md §6: {key}")
            else:
                continue
            yield FieldFault(name, text(key, self.language, count=3), fault)

    def _page_rule(self, name: str, values: dict[str, Any]) -> tuple[Refusal, str] | None:
        """The rules that hold on a page beside the table's: a plausible expiry, a CVC."""
        if name == "$EXPIRY" and (key := self._expiry_rule(values["expiry"])):
            return Refusal.EXPIRY_INVALID, key
        maestro = is_maestro(self._pan_digits())
        if name == "$CVC" and "cvc" not in values and cvc_required(self.visit) and not maestro:
            return Refusal.CVC_INVALID, "cvc_empty"
        return None

    def _expiry_rule(self, expiry: Expiry) -> str:
        """The broken rule's text, or nothing. Test cards keep the months that documents name."""
        today = to_moscow(self.now).date()
        if self.sandbox and listed_expiry(self._pan_digits(), expiry, self.visit.merchant):
            return ""
        if not expiry.valid_on(today):
            return "expiry_past"
        return "expiry_far" if expiry.year > today.year + YEARS_AHEAD_MAX else ""

    def _pan_digits(self) -> str:
        return _digits(self.form.get("$PAN") or "")


def cvc_required(visit: Visit) -> bool:
    """Whether the page asks for the CVC: always, unless the shop may do without and says so."""
    may_lack = visit.merchant.may(Permission.SSL_WITHOUT_CVC)
    return not (may_lack and visit.order.request.has("FORCE_NO_CVC"))


def _digits(typed: str) -> str:
    return re.sub("[^0-9]", "", typed)


def _pan_words(typed: str) -> str:
    count = len(_digits(typed))
    if count == 0:
        return "pan_empty"
    if count < PAN_LENGTHS.start:
        return "pan_short"
    return "pan_long" if count >= PAN_LENGTHS.stop else "pan_luhn"


def _expiry_words(typed: str) -> str:
    digits = _digits(typed)
    if not digits:
        return "expiry_empty"
    return "expiry_month" if len(digits) in {4, 6} else "expiry_format"


# The table row by row: `check` tells one fault, and a payer is to see them all.
ALONE: Final = {
    row.name: replace(PROCESS_FORM, parameters=(row,)) for row in PROCESS_FORM.parameters
}
WORDS: Final[dict[str, Callable[[str], str]]] = {
    "$PAN": _pan_words,
    "$EXPIRY": _expiry_words,
    "$CVC": lambda typed: "cvc_length" if typed else "cvc_empty",
    "TEXT": lambda typed: "holder_letters" if typed.strip() else "holder_empty",
    "email": lambda typed: "email_format" if typed else "email_empty",
    "phone": lambda typed: "phone_format" if typed else "phone_empty",
}
