"""The rules of one position that need more than its own fields.

They need the order's currency, the merchant's fiscal settings, or the parameters of the receipt.
Source: fiscal.md §3, §4, §5, §7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from altyn.domain.cart.codes import HISTORIC_TAX_TYPES, MEASURES, ONLY_FFD_12, PIECE
from altyn.domain.cart.faults import FaultKind
from altyn.domain.cart.fields import BadValue, Faults, Place
from altyn.domain.cart.marks import is_hex
from altyn.domain.cart.numbers import whole
from altyn.domain.cart.provider_rules import objects_refused, rates_refused
from altyn.domain.cart.rules import CartRules
from altyn.domain.receipt.settings import FfdVersion

AGENT: Final = "agent_info"
AGENT_TYPE: Final = "agent_info.type"
SUPPLIER: Final = "supplier_info"
LEGACY_VAT: Final = "use_legacy_vat"
_ONE: Final = 1000  # thousandths
_OF_CREDIT: Final = ("itemAmount", "itemCurrency", "itemDetails")


@dataclass(frozen=True, slots=True, kw_only=True)
class CartFacts:
    """What the whole cart has: installments, a deprecated agent, phones of a supplier."""

    credit: bool = False
    agent: bool = False
    supplier: bool = False


@dataclass(frozen=True, slots=True)
class PositionFacts:
    """What could be read of a position; `names` are all attributes that it has."""

    values: Mapping[str, Any]
    quantity: Mapping[str, Any]
    tax: Mapping[str, Any]
    attributes: Mapping[str, Any]
    names: frozenset[str]
    cart: CartFacts


def check_position(facts: PositionFacts, rules: CartRules, place: Place, faults: Faults) -> None:
    """Add every fault of a position against the rules."""
    _check_currency(facts, rules, place, faults)
    _check_tax(facts, rules, place, faults)
    _check_agent(facts, rules, place.inner("itemAttributes"), faults)
    _check_credit(facts, place, faults)
    _check_provider(facts, rules, place, faults)
    if rules.ffd is FfdVersion.V1_05:
        _check_ffd_105(facts, place.inner("itemAttributes"), faults)
    elif rules.ffd is FfdVersion.V1_2:
        _check_ffd_12(facts, place, faults)


def _check_currency(facts: PositionFacts, rules: CartRules, place: Place, faults: Faults) -> None:
    code = facts.values.get("itemCurrency")
    if rules.currency is None or code in {None, rules.currency}:
        return
    other = BadValue(f"but the order's currency is {rules.currency}", FaultKind.CURRENCY)
    faults.add(place, "itemCurrency", int(code), other, "7 row 3")


def _check_tax(facts: PositionFacts, rules: CartRules, place: Place, faults: Faults) -> None:
    code = facts.tax.get("taxType")
    if code in HISTORIC_TAX_TYPES and rules.receipt.get(LEGACY_VAT) != "true":
        historic = BadValue(
            f"a rate until 2018, only with {LEGACY_VAT} = true in additionalOfdParams"
        )
        faults.add(place.inner("tax"), "taxType", code, historic, "4.2")


def _check_agent(facts: PositionFacts, rules: CartRules, place: Place, faults: Faults) -> None:
    """An agent has a type and a supplier; each may be that of the whole receipt."""
    names = facts.names
    own = any(_of(AGENT, name) for name in names)
    if not own and not facts.cart.agent and not any(_of(AGENT, key) for key in rules.receipt):
        return
    typed = AGENT in names or AGENT_TYPE in names or facts.cart.agent or AGENT_TYPE in rules.receipt
    if not typed:
        missing = BadValue("mandatory, but missing: the agent has no type", FaultKind.MANDATORY)
        faults.add(place, AGENT_TYPE, None, missing, "5")
    supplied = any(_of(SUPPLIER, name) for name in (*names, *rules.receipt))
    if not supplied and not facts.cart.supplier:
        missing = BadValue("mandatory with agent_info, but missing", FaultKind.MANDATORY)
        faults.add(place, SUPPLIER, None, missing, "5")


def _of(group: str, name: str) -> bool:
    return name == group or name.startswith(f"{group}.")


def _check_credit(facts: PositionFacts, place: Place, faults: Faults) -> None:
    if not facts.cart.credit:
        return
    for name in _OF_CREDIT:
        if name not in facts.values:
            missing = BadValue("mandatory with installments, but missing", FaultKind.MANDATORY)
            faults.add(place, name, None, missing, "3")


def _check_ffd_105(facts: PositionFacts, place: Place, faults: Faults) -> None:
    code = facts.attributes.get("paymentObject")
    if code in ONLY_FFD_12:
        newer = BadValue("only in FFD 1.2, and the shop's setting fiscal.ffd is 1.05")
        faults.add(place, "paymentObject", code, newer, "4.4")
    if "markQuantity" in facts.names:
        newer = BadValue("only in FFD 1.2, and the shop's setting fiscal.ffd is 1.05")
        faults.add(place, "markQuantity", None, newer, "5")
    mark = facts.attributes.get("nomenclature")
    if isinstance(mark, str) and not is_hex(mark):
        form = BadValue("not hexadecimal bytes with blanks, the form of FFD 1.05")
        faults.add(place, "nomenclature", mark, form, "5")


def _check_provider(facts: PositionFacts, rules: CartRules, place: Place, faults: Faults) -> None:
    """Codes for which the shop's provider has no word: it would refuse the receipt for ever."""
    if rules.ffd is None:
        return
    named = facts.tax.get("taxType")
    rate = named if "tax" in facts.values else rules.tax_type
    historic = rate in HISTORIC_TAX_TYPES and rules.receipt.get(LEGACY_VAT) != "true"
    if rate in rates_refused(rules.provider, rules.ffd) and not (named and historic):
        way = "send a rate that is in force in Russia" if named else "set fiscal.tax_type"
        bad = BadValue(f"a rate that {rules.provider} does not have in FFD {rules.ffd}: {way}")
        faults.add(place.inner("tax"), "taxType", rate, bad, "14")
    own = facts.attributes.get("paymentObject")
    code = rules.payment_object if own is None else own
    known = own in ONLY_FFD_12 and rules.ffd is FfdVersion.V1_05  # the format refuses it already
    if code in objects_refused(rules.provider, rules.ffd) and not known:
        way = "send another one" if own else "set fiscal.payment_object"
        rule = f"an object that {rules.provider} does not have in FFD {rules.ffd}: {way}"
        bad = BadValue(f"{rule}, or set fiscal.ffd=1.2 if the cash registers use it")
        faults.add(place.inner("itemAttributes"), "paymentObject", code, bad, "14")


def _check_ffd_12(facts: PositionFacts, place: Place, faults: Faults) -> None:
    measure = facts.quantity.get("measure")
    code = whole(measure)
    if measure is not None and code not in MEASURES:
        listed = ", ".join(map(str, MEASURES))
        rule = BadValue(f"not a code of a measure, as fiscal.ffd 1.2 demands: {listed}")
        faults.add(place.inner("quantity"), "measure", measure, rule, "4.5")


def check_marks(
    quantity: Mapping[str, Any], names: frozenset[str], place: Place, faults: Faults
) -> None:
    """A part of a marked piece: its code, quantity and measure (fiscal.md §4.5, §5)."""
    if "markQuantity" not in names:
        return
    if "nomenclature" not in names:
        missing = BadValue("mandatory with markQuantity", FaultKind.MANDATORY)
        faults.add(place.inner("itemAttributes"), "nomenclature", None, missing, "5")
    amount, measure = quantity.get("value"), quantity.get("measure")
    if amount is not None and amount != _ONE:
        one = BadValue("but it is 1 where there is a markQuantity")
        faults.add(
            place.inner("quantity"),
            "value",
            amount / _ONE if amount % _ONE else amount // _ONE,
            one,
            "4.5",
        )
    if measure is not None and whole(measure) != PIECE:
        piece = BadValue("but it is 0 where there is a markQuantity")
        faults.add(place.inner("quantity"), "measure", measure, piece, "4.5")


def check_fraction(sent: Mapping[str, Any], place: Place, faults: Faults) -> None:
    """A markQuantity is less than one whole piece."""
    numerator, denominator = whole(sent.get("numerator")), whole(sent.get("denominator"))
    if numerator is None or denominator is None or 0 < numerator < denominator:
        return
    rule = BadValue(f"not above 0 and below the denominator {denominator}")
    faults.add(place, "numerator", numerator, rule, "5")
