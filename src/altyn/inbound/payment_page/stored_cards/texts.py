"""The texts about stored cards on the payment page, in Russian and English."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from typing import Final

from altyn.look import Words

STORED_CARD_TEXTS: Final = {
    "stored_title": Words("Карта", "Card"),
    "stored_card": Words("карта, последние цифры {digits}", "card ending in {digits}"),
    "stored_until": Words("до {expiry}", "until {expiry}"),
    "stored_another": Words("Другая карта", "Another card"),
    "stored_remove": Words("Удалить", "Remove"),
    "stored_remove_named": Words("Удалить карту {digits}", "Remove card {digits}"),
    "stored_remove_question": Words(
        "Магазин больше не сможет списывать с этой карты. В следующий раз её номер нужно будет ввести заново.",
        "The shop can no longer charge this card. Next time its number has to be typed again.",
    ),
    "stored_remove_confirm": Words("Удалить карту", "Remove the card"),
    "stored_removed": Words("Карта удалена", "The card is removed"),
    "stored_not_removed": Words("Карта не удалена: связь прервалась", "The card is not removed: the connection was lost"),
    "stored_missing": Words("Этой карты нет среди ваших сохранённых карт. Возьмите другую.", "This card is not among your stored cards. Use another one."),
    "stored_only_gone": Words(
        "Магазин выбрал для этого заказа сохранённую карту, но её удалили или её срок истёк. Деньги не списаны.",
        "The shop has chosen a stored card for this order, but the card was removed or has expired. Nothing was charged.",
    ),
    "stored_none_left": Words(
        "За этот заказ можно заплатить только сохранённой картой, а такой карты больше нет. Деньги не списаны.",
        "Only a stored card can pay this order, and there is none any more. Nothing was charged.",
    ),
    "remember": Words("Запомнить карту для этого магазина", "Keep the card for this shop"),
    "remember_means": Words(
        "В следующий раз понадобится только CVC. Номер хранится у платёжного шлюза в зашифрованном виде, CVC не хранится. Карту можно удалить на этой странице.",
        "Next time only the CVC is needed. The payment gateway keeps the number encrypted and never keeps the CVC. You can remove the card on this page.",
    ),
    "remember_always": Words(
        "Карта сохранится для следующих оплат в этом магазине: номер хранится у платёжного шлюза в зашифрованном виде, CVC не хранится.",
        "The card is kept for later payments in this shop: the payment gateway keeps the number encrypted and never keeps the CVC.",
    ),
    "data_stored": Words(
        "Данные карты уходят по защищённому соединению в банк. Магазин их не видит. Сохранённую карту можно удалить на этой странице.",
        "Card details travel over a secure connection to the bank. The shop never sees them. A stored card can be removed on this page.",
    ),
}  # fmt: skip
