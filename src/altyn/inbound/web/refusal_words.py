"""Why payments are refused, in plain words for the shop's staff, by action code.

The texts for payers (`describe`) are the same for many codes; a shop wants to know the reason.
Source: codes.md §4.2.
"""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.look import Words
from altyn.protocol.action_codes import describe

# fmt: off
_REASONS: Final = (
    ((116,), Words("На карте не хватает денег", "Not enough money on the card")),
    ((101,), Words("Срок карты истёк", "The card has expired")),
    ((14, 111), Words("Неверный номер карты", "Wrong card number")),
    ((125,), Words("Карта не принята: неверный номер или сумма", "The card is not accepted: wrong number or amount")),
    ((82,), Words("Неверный CVC", "Wrong CVC")),
    ((1015, 71015), Words("Данные карты введены с ошибкой", "The card data were typed wrongly")),
    ((117,), Words("Неверный ПИН-код", "Wrong PIN")),
    ((75, 106), Words("Слишком много неверных ПИН-кодов", "Too many wrong PINs")),
    ((12, 61, 121, -20010), Words("Превышен лимит карты по сумме", "The card's limit on amounts is reached")),
    ((65, 123), Words("Превышен лимит карты по числу операций", "The card's limit on the number of payments is reached")),
    ((209,), Words("Превышены ограничения карты", "The card's restrictions are exceeded")),
    ((41, 208), Words("Карта утеряна", "The card is lost")),
    ((43,), Words("Карта украдена", "The card is stolen")),
    ((7,), Words("Банк просит изъять карту", "The bank wants the card picked up")),
    ((53,), Words("Счёта карты нет", "The card's account does not exist")),
    ((62, 100, 104), Words("Карта ограничена или заблокирована банком", "The bank has restricted or blocked the card")),
    ((1, 103, 107, 909), Words("Банк просит покупателя связаться с ним", "The bank wants the payer to contact it")),
    ((57, 118, 120, 902), Words("Банк не разрешает такие оплаты по карте", "The bank does not allow such payments with the card")),
    ((239,), Words("Банк требует отменить подписку", "The bank wants the subscription cancelled")),
    ((5, 81, 93, 96, 119), Words("Банк отказал без объяснения", "The bank refused without a reason")),
    ((15,), Words("Банк карты не найден", "The card's bank is not found")),
    ((31, 907, 910), Words("Банк карты недоступен", "The card's bank is not reachable")),
    ((-1, 1018, 1019, 151018, 151019), Words("Банк не ответил вовремя", "The bank did not answer in time")),
    ((-2007, 1001), Words("Покупатель не успел ввести данные", "The payer did not enter the data in time")),
    ((-2013,), Words("Попытки оплаты закончились", "The attempts to pay are used up")),
    ((-2006, 341016, 341019), Words("Покупатель не прошёл проверку банка (3-D Secure)", "The payer did not pass the bank's check (3-D Secure)")),
    ((341018,), Words("Покупатель отменил проверку банка (3-D Secure)", "The payer cancelled the bank's check (3-D Secure)")),
    ((-2026, -2025, -2017, -2016, -2011, 341017, 341020), Words("Банк не смог проверить покупателя (3-D Secure)", "The bank could not check the payer (3-D Secure)")),
    ((-2020, -2019, -2018, -2015, -2010, -2005, 1017, 151017), Words("Ошибка проверки 3-D Secure", "The check by 3-D Secure failed")),
    ((-2021, 2003, 2005, 2014, 2016), Words("Без 3-D Secure оплата не разрешена", "A payment without 3-D Secure is not allowed")),
    ((2004,), Words("Без CVC оплата не разрешена", "A payment without CVC is not allowed")),
    ((342015,), Words("Адрес покупателя не подтверждён", "The payer's address is not confirmed")),
    ((-2000, -2001, -2003, -2101, -2102), Words("Покупатель в стоп-листе", "The payer is on a stop list")),
    ((999, 2001), Words("Остановлено защитой от мошенничества", "Stopped by fraud protection")),
    ((-2002,), Words("Превышен лимит магазина", "The shop's limit is exceeded")),
    ((109,), Words("Терминал магазина не принят банком", "The bank does not accept the shop's terminal")),
    ((2015,), Words("Для оплаты не выбран терминал", "No terminal is selected for the payment")),
    ((13, 110), Words("Банк не принял сумму", "The bank did not accept the amount")),
    ((-2012, 2002, 2006), Words("Операция не поддерживается", "The operation is not supported")),
    ((-102,), Words("Отменено платёжным агентом", "Cancelled by the paying agent")),
    ((-3100, -3101, -5031), Words("Сохранённый способ оплаты отключён", "The stored way to pay is switched off")),
    ((-2008,), Words("Кошелёк не принят", "The wallet is not accepted")),
    ((-2027, -2028, -2029), Words("Отказ Системы быстрых платежей", "Refused by the Faster Payments System")),
    ((94, 2007, 8204), Words("Заказ уже оплачен или повторён", "The order is already paid or was repeated")),
    ((76, 914), Words("Исходная операция не найдена", "The original operation is not found")),
    ((903, 904, 913), Words("Банк не понял запрос", "The bank did not understand the request")),
    ((1014, 341014, -3003, 9001, 1004, 1005, 1041, 2008, 2009), Words("Общая ошибка шлюза или банка", "A general error of the gateway or the bank")),
)
# fmt: on

REFUSAL_WORDS: Final[Mapping[int, Words]] = MappingProxyType(
    {code: words for codes, words in _REASONS for code in codes}
)


def refusal_text(action_code: int, language: str) -> str:
    """The reason of a refusal; of a code without one, the text for the payer."""
    words = REFUSAL_WORDS.get(action_code)
    return words.text(language) if words else describe(action_code, language)
