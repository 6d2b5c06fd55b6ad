"""The card form as it comes in, from scripts or without them, and what is wrong with it in words.

Both ways are read by the one table `PROCESS_FORM`; here stand only the spellings a browser adds and
the sentence that each broken rule deserves. Source: payment-page.md §3.2, §6.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from altyn.domain.card import PAN_LENGTHS, Expiry, is_maestro
from altyn.domain.merchant import Permission
from altyn.domain.moscow import to_moscow
from altyn.domain.refusals import Refusal
from altyn.inbound.payment_page.sandbox_cards import listed_expiry
from altyn.inbound.payment_page.texts import text
from altyn.inbound.payment_page.view import TypedValues, read_expiry
from altyn.inbound.payment_page.visits import Visit
from altyn.inbound.rest.fields import Fields
from altyn.operations.decisions import Refused
from altyn.protocol.error_codes import ErrorCode
from altyn.protocol.payment_methods import PROCESS_FORM
from altyn.protocol.table import Fault, check

YEARS_AHEAD_MAX: Final = 20
TYPED_CHARS_MAX: Final = 256
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

    def error(self) -> ErrorCode:
        """The error of the wire."""
        return PROCESS_FORM.error(self.fault.refusal)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form read by its table: values by field of the operation's command."""

    values: dict[str, Any]


def read_card(
    form: PageForm, visit: Visit, now: datetime, language: str, *, sandbox: bool
) -> Filled | tuple[FieldFault, ...] | Refused:
    """Read the form. Every faulty field of the page is told at once.

    Refuses as the table of processform.do does; PARAMETER_INVALID also for a way to pay that is no
    card.
    """
    if (form.get("paymentWay") or "") not in CARD_PAYMENT:
        return Refused(
            Refusal.PARAMETER_INVALID, "only cards are taken here", parameter="paymentWay"
        )
    faults = tuple(_field_faults(form, visit, now, language, sandbox=sandbox))
    if faults:
        return faults
    checked = check(PROCESS_FORM, form, visit.merchant, form.malformed)
    if isinstance(checked, Fault):
        return Refused(checked.refusal, checked.rule, parameter=checked.parameter)
    # Addresses come from the shop's server or not at all: a browser names none for us to trust.
    ours = {name: value for name, value in checked.values.items() if name != "finish_url"}
    return Filled(ours)


def cvc_required(visit: Visit) -> bool:
    """Whether the page asks for the CVC: unless the shop may do without, and says so."""
    return not (visit.order.request.has("FORCE_NO_CVC") and visit.merchant.may(Permission.SSL_WITHOUT_CVC))


def _field_faults(
    form: PageForm, visit: Visit, now: datetime, language: str, *, sandbox: bool
) -> list[FieldFault]:
    faults = []
    for parameter in PROCESS_FORM.parameters:
        if parameter.name not in WORDS:
            continue
        alone = replace(PROCESS_FORM, parameters=(parameter,))
        checked = check(alone, form, visit.merchant, form.malformed)
        fault: Fault | None
        if isinstance(checked, Fault):
            fault, key = checked, WORDS[parameter.name](form.get(parameter.name) or "")
        else:
            fault, key = _page_rule(parameter.name, checked.values, form, visit, now, sandbox)
        if fault is not None:
            faults.append(FieldFault(parameter.name, text(key, language, count=3), fault))
    return faults


def _page_rule(
    name: str,
    values: dict[str, Any],
    form: PageForm,
    visit: Visit,
    now: datetime,
    sandbox: bool,  # noqa: FBT001 - handed through
) -> tuple[Fault | None, str]:
    """The rules that hold on a page beside the table's: a plausible expiry, a CVC."""
    if name == "$EXPIRY":
        key = _expiry_rule(values["expiry"], form, visit, now, sandbox=sandbox)
        fault = Fault(Refusal.EXPIRY_INVALID, name, "payment-page.md §6, rule 1")
        return (fault, key) if key else (None, "")
    if name == "$CVC" and "cvc" not in values and _cvc_missing(form, visit):
        return Fault(Refusal.CVC_INVALID, name, "this card needs its CVC"), "cvc_empty"
    return None, ""


def _cvc_missing(form: PageForm, visit: Visit) -> bool:
    digits = _digits(form.get("$PAN") or "")
    return cvc_required(visit) and not is_maestro(digits)


def _expiry_rule(
    expiry: Expiry, form: PageForm, visit: Visit, now: datetime, *, sandbox: bool
) -> str:
    """The broken rule's text, or nothing. Listed test cards keep the months of the documents."""
    today = to_moscow(now).date()
    if sandbox and listed_expiry(_digits(form.get("$PAN") or ""), expiry, visit.merchant):
        return ""
    if not expiry.valid_on(today):
        return "expiry_past"
    return "expiry_far" if expiry.year > today.year + YEARS_AHEAD_MAX else ""


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


WORDS: Final[dict[str, Callable[[str], str]]] = {
    "$PAN": _pan_words,
    "$EXPIRY": _expiry_words,
    "$CVC": lambda typed: "cvc_length" if typed else "cvc_empty",
    "TEXT": lambda typed: "holder_letters" if typed.strip() else "holder_empty",
    "email": lambda typed: "email_format" if typed else "email_empty",
    "phone": lambda typed: "phone_format" if typed else "phone_empty",
}
