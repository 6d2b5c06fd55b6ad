"""Why a payment was declined, and what the payer can do, in words for payers.

The protocol's texts (`actionCodeDescription`) are written for shops and stay on the wire; the page
shows these. A reason never advises to repeat: whether that is possible depends on the attempts.
Source: codes.md §4.1, §4.2; payment-page.md §3.2.
"""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from altyn.domain import action_codes as codes
from altyn.look import Words
from altyn.protocol.action_codes import ACTION_CODES, EMPTY, R1, R3, R4, R5, R6, R7, R8


class Decline(NamedTuple):
    """The reason of a decline, and what the payer can do while attempts are left."""

    reason: Words
    advice: Words


_OTHER_CARD: Final = Words("Заплатите другой картой.", "Use another card.")
_ASK_BANK: Final = Words(
    "Заплатите другой картой или узнайте причину в банке, который её выпустил.",
    "Use another card, or ask the bank that issued it for the reason.",
)
_ASK_SHOP: Final = Words(
    "Заплатите другой картой или обратитесь в магазин.", "Use another card, or contact the shop."
)
_CHECK: Final = Words(
    "Проверьте номер, срок и код карты или заплатите другой.",
    "Check the number, expiry and code of the card, or use another one.",
)
_LATER: Final = Words(
    "Попробуйте через несколько минут или заплатите другой картой.",
    "Try in a few minutes, or use another card.",
)

MONEY: Final = Decline(
    Words("На карте не хватает денег.", "There is not enough money on the card."), _OTHER_CARD
)
LIMIT: Final = Decline(
    Words("Сумма или число оплат больше лимита карты.", "The payment is over a limit of the card."),
    Words(
        "Измените лимит в приложении банка или заплатите другой картой.",
        "Change the limit in your bank's app, or use another card.",
    ),
)
EXPIRED: Final = Decline(
    Words(
        "Срок действия карты истёк или введён неверно.",
        "The card has expired, or its expiry was mistyped.",
    ),
    _CHECK,
)
DATA: Final = Decline(
    Words("Банк не принял данные карты.", "The bank did not accept the card's details."), _CHECK
)
RESTRICTED: Final = Decline(
    Words(
        "Банк не разрешает платить этой картой.", "The bank does not allow payments with this card."
    ),
    _ASK_BANK,
)
UNPROVEN: Final = Decline(
    Words("Оплата не подтверждена в банке.", "The payment was not confirmed at the bank."),
    Words(
        "Попробуйте ещё раз и введите код от банка или заплатите другой картой.",
        "Try again and enter the code from your bank, or use another card.",
    ),
)
UNCHECKED: Final = Decline(
    Words("Банк не смог проверить карту.", "The bank could not check the card."), _LATER
)
UNAVAILABLE: Final = Decline(
    Words("Банк сейчас не отвечает.", "The bank does not answer at the moment."), _LATER
)
UNACCEPTED: Final = Decline(
    Words("Магазин не принимает такие карты.", "The shop does not accept such cards."), _OTHER_CARD
)
TIME: Final = Decline(
    Words("Время на оплату истекло.", "The time to pay has run out."), _OTHER_CARD
)
ATTEMPTS: Final = Decline(
    Words("Попытки оплаты закончились.", "No attempts to pay are left."), _OTHER_CARD
)
BY_BANK: Final = Decline(
    Words("Банк отклонил оплату.", "The bank declined the payment."), _ASK_BANK
)
BY_SHOP: Final = Decline(
    Words("Оплату не удалось провести.", "The payment could not be made."), _ASK_SHOP
)
TOO_MANY: Final = Decline(
    Words(
        "Слишком много неудачных попыток оплаты с вашего адреса в интернете.",
        "There were too many failed payments from your internet address.",
    ),
    Words("Попробуйте через час или обратитесь в магазин.", "Try in an hour, or contact the shop."),
)
SHOP_LIMIT: Final = Decline(
    Words(
        "Превышен лимит на оплату этой картой в магазине.",
        "A limit on payments with this card in the shop is exceeded.",
    ),
    Words("Заплатите другой картой или попробуйте завтра.", "Use another card, or try tomorrow."),
)
SUSPICIOUS: Final = Decline(
    Words(
        "Оплату картой остановила защита от мошенников.",
        "A fraud check stopped the card payment.",
    ),
    Words(
        "Попробуйте через 10 минут или обратитесь в магазин.",
        "Try in 10 minutes, or contact the shop.",
    ),
)
OTHER_WAY: Final = Decline(
    Words("Оплата отклонена.", "The payment was declined."),
    Words("Попробуйте ещё раз или выберите другой способ оплаты.", "Try again, or choose another way to pay."),
)  # fmt: skip

CANCELLED: Final = Decline(
    Words("Вы отменили эту оплату.", "You cancelled this payment."),
    Words("Выберите, как заплатить.", "Choose how to pay."),
)
CANCELLED_BY_SHOP: Final = Decline(
    Words("Магазин отменил заказ.", "The shop cancelled the order."),
    Words("Обратитесь в магазин.", "Contact the shop."),
)
REFUSED_IN_APP: Final = Decline(
    Words("В приложении банка нажали «Отказаться».", "The payment was refused in the bank's app."),
    OTHER_WAY.advice,
)
NO_CLIENT: Final = Decline(
    Words("Банк не знает клиента с таким номером телефона.", "The bank knows no client with this phone number."),
    Words("Проверьте номер или выберите другой способ оплаты.", "Check the number, or choose another way to pay."),
)  # fmt: skip
NOT_LENT: Final = Decline(
    Words("Сервис не одобрил оплату частями.", "Payment in parts was not approved."),
    Words("Укажите другой номер телефона или выберите другой способ оплаты.", "Use another phone number, or choose another way to pay."),
)  # fmt: skip
NO_MONEY: Final = Decline(
    Words("На счёте не хватает денег.", "There is not enough money on the account."),
    OTHER_WAY.advice,
)

_WITHOUT_CARD: Final[Mapping[int, Decline]] = MappingProxyType(
    {codes.CANCELLED: CANCELLED, 5: REFUSED_IN_APP, codes.NOT_ENOUGH_MONEY: NO_MONEY, 120: NO_CLIENT}
)  # fmt: skip
"""The codes that have a text of their own after a payment without a card (sberpay.md §5)."""

_IN_PARTS: Final[Mapping[int, Decline]] = MappingProxyType({**_WITHOUT_CARD, 120: NOT_LENT})
"""The same after a refusal of payment in parts, before any card was typed (bnpl.md §5)."""

# The codes whose reason helps a payer more than the reason of their class.
_CODES: Final = (
    (MONEY, (116,)),
    (LIMIT, (-20010, 12, 61, 65, 121, 123)),
    (EXPIRED, (101,)),
    (DATA, (14, 82, 111, 117)),
    (RESTRICTED, (7, 41, 43, 57, 62, 75, 100, 104, 106, 118, 119, 120, 208, 209, 902)),
    (UNPROVEN, (-2026, -2025, -2017, -2006, 341018, 341019)),
    (
        UNCHECKED,
        (
            *(-2020, -2019, -2018, -2016, -2015, -2011, -2010, -2005),
            *(1, 1017, 151017, 341016, 341017, 341020),
        ),
    ),
    (UNACCEPTED, (-2021, 2003, 2004, 2005)),
    (SHOP_LIMIT, (codes.LIMIT_EXCEEDED,)),
    (TOO_MANY, (codes.IP_BLACKLISTED,)),
    (SUSPICIOUS, (codes.FRAUD,)),
)
_CLASSES: Final = MappingProxyType(
    {R1: BY_BANK, R3: DATA, R4: UNAVAILABLE, R5: UNAVAILABLE, R6: TIME, R7: ATTEMPTS, R8: UNAVAILABLE}
)  # fmt: skip


def _by_code() -> Iterator[tuple[int, Decline]]:
    for row in ACTION_CODES.values():
        if row.text_class is not EMPTY:
            yield row.code, _CLASSES.get(row.text_class, BY_SHOP)
    for decline, numbers in _CODES:
        for code in numbers:
            yield code, decline


DECLINES: Final[Mapping[int, Decline]] = MappingProxyType(dict(_by_code()))


def decline_of(
    action_code: int, *, by_card: bool, of_attempt: bool = True, in_parts: bool = False
) -> Decline:
    """Why a payment with this action code was declined; a code without a row is BY_SHOP.

    Most reasons name the card. After another way to pay only those are used that do not.
    `of_attempt`: it is the code of the payment itself, and not only of the order. `in_parts`: the
    payer has chosen payment in parts.
    """
    found = DECLINES.get(action_code, BY_SHOP)
    if by_card:
        return found
    own = (_IN_PARTS if in_parts else _WITHOUT_CARD).get(action_code)
    if of_attempt and own:
        return own
    reason = found.reason if found in {UNAVAILABLE, TIME, ATTEMPTS} else OTHER_WAY.reason
    return Decline(reason, OTHER_WAY.advice)
