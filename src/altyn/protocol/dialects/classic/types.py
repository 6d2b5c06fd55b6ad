"""The types of parameters that only this dialect has: its features, its states, its ways to pay.

Source: rest-orders.md §2.1, §2.3, §4.3; merchant-settings.md §6.
"""

import re
from dataclasses import replace
from typing import Final

from altyn.domain.card.binding import BindingCategory
from altyn.domain.lifecycle import OrderStatus
from altyn.protocol import types as t
from altyn.protocol.dialects.classic.features import DOCUMENTED, ENGINE, FEATURES
from altyn.protocol.dialects.classic.order_statuses import STATUSES_OF
from altyn.protocol.malformed import Malformed
from altyn.protocol.payment_ways import PaymentWay, named_way

_ALLOWED_FEATURES: Final = (
    f"a value is not one of {', '.join(DOCUMENTED)}; accepted, but without effect in most cases, "
    f"are {', '.join(ENGINE)}"
)
PAYMENT_STATES: Final = ("CREATED", "APPROVED", "DEPOSITED", "DECLINED", "REVERSED", "REFUNDED")


def split_features(value: str) -> tuple[str, ...]:
    """Features of one request, separated by `;` or `,` (rest-orders.md §2.1)."""
    parts = (part.strip() for part in re.split("[;,]", value))
    return tuple(dict.fromkeys(part for part in parts if part))


def _features(value: str, _: t.Context) -> tuple[str, ...]:
    features = split_features(value)
    unknown = [feature for feature in features if feature not in FEATURES]
    if unknown:
        raise Malformed(_ALLOWED_FEATURES)
    return features


def _order_amount(value: str, context: t.Context) -> int:
    """The sum of an order; 0 is for a card check, which the features name."""
    if t.AMOUNT.parse(value, context) == 0:
        if "VERIFY" in split_features(",".join(context.source.get_all("features"))):
            return 0
        raise Malformed("0 goes with features=VERIFY only")
    return int(t.ORDER_AMOUNT.parse(value, context))


def _states(value: str, context: t.Context) -> tuple[str, ...]:
    states: tuple[str, ...] = t.CSV.parse(value, context)
    if not states or any(state not in PAYMENT_STATES for state in states):
        raise Malformed(f"not a list of {', '.join(PAYMENT_STATES)}")
    return states


def _statuses(value: str, context: t.Context) -> tuple[OrderStatus, ...]:
    return tuple(status for state in _states(value, context) for status in STATUSES_OF[state])


def _binding_type(value: str, _: t.Context) -> frozenset[BindingCategory]:
    categories = _CATEGORIES_BY_TYPE.get(value.strip().upper())
    if categories is None:
        raise Malformed(f"one of {', '.join(_CATEGORIES_BY_TYPE)}")
    return categories


_CATEGORIES_BY_TYPE: Final = {
    "C": frozenset({BindingCategory.COMMON}),
    "R": frozenset({BindingCategory.RECURRENT}),
    "I": frozenset({BindingCategory.INSTALMENT}),
    "CR": frozenset({BindingCategory.COMMON, BindingCategory.RECURRENT}),
}
WITHOUT_A_PAYMENT: Final = "NO_PAYMENT"
_STRENGTHS: Final = ("TDS", "SSL", "TDS_SSL", WITHOUT_A_PAYMENT)


def _binding_strength(value: str, _: t.Context) -> str | None:
    """How a card that is stored without a payment was checked before."""
    strength = value.strip().upper()
    return strength if strength in _STRENGTHS else None


def _idle_attributes(value: str, context: t.Context) -> dict[str, str] | None:
    """Attributes without effect: those that cannot be read are no error."""
    try:
        return dict(t.FLAT_JSON.parse(value, context))
    except Malformed:
        return None


IDLE_ATTRIBUTES: Final = replace(t.FLAT_JSON, parse=_idle_attributes, forgiving=True)


BINDING_STRENGTH: Final = t.Type(
    "A..10: TDS, SSL, TDS_SSL, NO_PAYMENT", _binding_strength, forgiving=True
)
BINDING_TYPE: Final = t.Type("A..2", _binding_type, enumeration=tuple(_CATEGORIES_BY_TYPE))


def _way_list(value: str, _: t.Context) -> tuple[str, ...]:
    """Names of ways to pay, each once and as `paymentWay` spells it."""
    names = split_features(value)
    ways = [named_way(name) for name in names]
    if not ways or None in ways:
        raise Malformed(f"not a list of {', '.join(PaymentWay)}")
    return tuple(dict.fromkeys(way.value for way in ways if way))


def _features_without_payer(value: str, context: t.Context) -> tuple[str, ...]:
    features = _features(value, context)
    if demanded := [feature for feature in features if feature in _WITH_PAYER]:
        raise Malformed(f"{', '.join(demanded)}: 3-D Secure needs the payer, who is not there")
    return features


_WITH_PAYER: Final = ("FORCE_TDS", "FORCE_FULL_TDS")
ORDER_AMOUNT: Final = replace(t.ORDER_AMOUNT, parse=_order_amount)
FEATURE_LIST: Final = t.Type(
    "AN..255", _features, enumeration=(*DOCUMENTED, *ENGINE), repeatable=True
)
FEATURES_WITHOUT_PAYER: Final = replace(FEATURE_LIST, parse=_features_without_payer)
STATES: Final = t.Type(
    "list, comma separated", _states, enumeration=PAYMENT_STATES, repeatable=True
)
STATUSES: Final = replace(STATES, parse=_statuses)
"""Payment states, read as the statuses of orders that they stand for."""
WAY_LIST: Final = t.Type("list, comma separated", _way_list, repeatable=True)
