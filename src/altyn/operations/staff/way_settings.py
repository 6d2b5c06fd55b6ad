"""The settings of the ways to pay: what each may be. Source: merchant-settings.md §6."""

from collections.abc import Collection
from typing import Final

from altyn.operations.staff.setting import Setting
from altyn.operations.staff.setting_rules import within
from altyn.protocol.payment_ways import PaymentWay, named_way


def spelled_ways(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names as `paymentWay` spells them; a name that is not a way stays as it is."""
    return tuple(dict.fromkeys(str(named_way(name) or name) for name in names))


def are_ways(names: Collection[str]) -> bool:
    """Whether all are names of ways to pay."""
    return set(names) <= set(PaymentWay)


_AMOUNT_MAX: Final = 999_999_999_999
_PRODUCT_MAX: Final = 50
_ORDER_LINKS_MAX: Final = 20
_SHOP_LINKS_MAX: Final = 10_000
_AMOUNT: Final = f"1 to {_AMOUNT_MAX} minor units"

WAY_SETTINGS: Final = (
    Setting("sberpay.amount_min_minor", _AMOUNT, within(1, _AMOUNT_MAX)),
    Setting("sberpay.amount_max_minor", _AMOUNT, within(1, _AMOUNT_MAX)),
    Setting("sberpay.inactive", "true or false", lambda _: True),
    Setting("bnpl.only", "true or false", lambda _: True),
    Setting("bnpl.amount_min_minor", _AMOUNT, within(1, _AMOUNT_MAX)),
    Setting("bnpl.amount_max_minor", _AMOUNT, within(1, _AMOUNT_MAX)),
    Setting(
        "credit.product_ids",
        "a list of productIDs, each of at most 50 printable characters; empty for any",
        lambda ids: all(0 < len(each) <= _PRODUCT_MAX and each.isprintable() for each in ids),
    ),
    Setting("credit.amount_min_minor", _AMOUNT, within(1, _AMOUNT_MAX)),
    Setting("credit.amount_max_minor", _AMOUNT, within(1, _AMOUNT_MAX)),
    Setting(
        "links.order_per_hour",
        f"1 to {_ORDER_LINKS_MAX} messages",
        within(1, _ORDER_LINKS_MAX),
    ),
    Setting("links.shop_per_hour", f"1 to {_SHOP_LINKS_MAX} messages", within(1, _SHOP_LINKS_MAX)),
)
