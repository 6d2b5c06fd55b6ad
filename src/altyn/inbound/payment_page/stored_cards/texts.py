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
    "remember_terms": Words("Сохранить карту и разрешить магазину списывать с неё деньги", "Keep the card and let the shop charge it"),
    "terms_refused_means": Words("Без вашего согласия с карты спишется только этот заказ.", "Without your consent only this order is charged."),
    "terms_accepted_by_paying": Words("Оплачивая, вы соглашаетесь с этим, и карта сохраняется.", "By paying you agree to this, and the card is kept."),
    "terms_recurring": Words(
        "Магазин сможет сам списывать деньги с этой карты {often}, по {until} года включительно. Сумму каждого списания назначает магазин.",
        "The shop will be able to charge this card itself {often}, until {until} inclusive. The shop sets the sum of each charge.",
    ),
    "terms_days": Words("Списания — {often}, по {until} года включительно.", "It charges {often}, until {until} inclusive."),
    "terms_often_daily": Words("не чаще одного раза в день", "at most once a day"),
    "terms_often_one": Words("не чаще одного раза в {count} день", "at most once in {count} day"),
    "terms_often_few": Words("не чаще одного раза в {count} дня", "at most once in {count} days"),
    "terms_often_many": Words("не чаще одного раза в {count} дней", "at most once in {count} days"),
    "terms_parts_one": Words(
        "Магазин сможет сам списывать деньги с этой карты: не больше {count} платежа, всего не больше {total}.",
        "The shop will be able to charge this card itself: at most {count} payment, {total} in all.",
    ),
    "terms_parts_few": Words(
        "Магазин сможет сам списывать деньги с этой карты: не больше {count} платежей, всего не больше {total}.",
        "The shop will be able to charge this card itself: at most {count} payments, {total} in all.",
    ),
    "terms_parts_many": Words(
        "Магазин сможет сам списывать деньги с этой карты: не больше {count} платежей, всего не больше {total}.",
        "The shop will be able to charge this card itself: at most {count} payments, {total} in all.",
    ),
    "terms_this_counts": Words("Этот платёж — первый из них.", "This payment is the first of them."),
    "terms_end": Words(
        "Чтобы прекратить списания, обратитесь в магазин. Номер хранится у платёжного шлюза в зашифрованном виде, CVC не хранится.",
        "To stop the charges, contact the shop. The payment gateway keeps the number encrypted and never keeps the CVC.",
    ),
    "data_stored": Words(
        "Данные карты уходят по защищённому соединению в банк. Магазин их не видит. Сохранённую карту можно удалить на этой странице.",
        "Card details travel over a secure connection to the bank. The shop never sees them. A stored card can be removed on this page.",
    ),
}  # fmt: skip
