"""Every action code of the bank and of the gateway, with the text for the payer.

One row is one code; the status answer, the payment page, the simulated issuer and the printed
reference read it from here. Source: codes.md §4.1 (texts) and §4.2 (codes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Dialect = Literal["classic", "ecom"]
Source = Literal["classic", "ecom", "both"]


@dataclass(frozen=True, slots=True)
class PayerText:
    """The text for the payer: one for a class of codes, in both languages."""

    name: str
    ru: str
    en: str


EMPTY: Final = PayerText("", ru="", en="")
R1: Final = PayerText(
    "R1",
    ru="Операция отклонена. Обратитесь в банк, выпустивший карту",
    en="Operation declined. Contact the bank that issued the card.",
)
R2: Final = PayerText(
    "R2",
    ru="Операция отклонена. Обратитесь в магазин",
    en="Operation declined. Contact the merchant.",
)
R3: Final = PayerText(
    "R3",
    ru=(
        "Операция отклонена. Проверьте введенные данные, достаточность средств на карте и "
        "повторите операцию"
    ),
    en=(
        "Operation declined. Check the entered data and that there are enough funds on the card "
        "and repeat the operation."
    ),
)
R4: Final = PayerText(
    "R4",
    ru="Нет связи с банком. Повторите позже",
    en="No connection with bank. Try again later.",
)
R5: Final = PayerText(
    "R5",
    ru="Не получен ответ от банка. Повторите позже",
    en="No response from bank received. Try again later.",
)
R6: Final = PayerText(
    "R6",
    ru="Истек срок ожидания ввода данных",
    en="Input time expired.",
)
R7: Final = PayerText(
    "R7",
    ru="Исчерпаны попытки оплаты",
    en="Payment attempts exhausted.",
)
R8: Final = PayerText(
    "R8",
    ru=(
        "Ошибка проведения платежа. Попробуйте позднее. Если данная ошибка возникла повторно, "
        "обратитесь в Ваш банк для разъяснения причин"
    ),
    en="Payment error. Try again later. If the error repeats, contact your bank.",
)
R9: Final = PayerText(
    "R9",
    ru="Связка деактивирована",
    en="Binding is deactivated.",
)
R10: Final = PayerText(
    "R10",
    ru=(
        "Операция отклонена. По требованию банка, выпустившего карту, необходимо отменить подписку"
    ),
    en=(
        "Operation declined. The subscription has to be cancelled at the request of the issuing "
        "bank."
    ),
)
R11: Final = PayerText(
    "R11",
    ru="Операция невозможна. Аутентификация держателя карты завершена неуспешно",
    en="Impossible operation. Cardholder authentication completed unsuccessfully.",
)

PAYER_TEXTS: Final = (EMPTY, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11)

# The text of a code that has no row.
UNKNOWN_CODE_TEXT: Final = R2


@dataclass(frozen=True, slots=True)
class ActionCode:
    """One action code: the class of its text, its meaning, and its name in logs.

    `processing_text` is English, for logs only, "" where none is known. `source` says which
    dialect's documents list the code, `ecom_text_class` differs only where theirs does.
    """

    code: int
    text_class: PayerText
    meaning: str
    processing_text: str
    source: Source
    ecom_text_class: PayerText


CLASSIC: Final = "classic"
ECOM: Final = "ecom"
BOTH: Final = "both"


def _row(
    code: int,
    text: PayerText,
    meaning: str,
    processing_text: str,
    source: Source,
    *,
    ecom: PayerText | None = None,
) -> ActionCode:
    return ActionCode(code, text, meaning, processing_text, source, ecom or text)


_ROWS: Final = (
    _row(-20010, R1, "amount over a limit set by the issuer", "BLOCKED_BY_LIMIT", CLASSIC),
    _row(-9000, R2, "processing started, no result yet", "Started", CLASSIC),
    _row(-5031, R2, "SBP subscription unknown", "", CLASSIC),
    _row(-3101, EMPTY, "payer forbade operations with this binding", "", ECOM),
    _row(-3100, R9, "binding is deactivated", "", ECOM),
    _row(-3003, R2, "unknown reason", "Unknown", CLASSIC),
    _row(-2102, R2, "blocked by passenger name", "", CLASSIC),
    _row(-2101, R2, "blocked by e-mail", "", CLASSIC),
    _row(-2029, R2, "SBP C2B failure", "", CLASSIC),
    _row(-2028, R2, "SBP C2B failure", "", CLASSIC),
    _row(-2027, R2, "SBP C2B failure", "", CLASSIC),
    _row(-2026, R1, "3DS2: RReq status is not Y", "", CLASSIC),
    _row(-2025, R1, "3DS2: RReq status is not Y", "", CLASSIC),
    _row(-2021, R2, "payment without 3DS impossible", "SSL_IMPOSSIBLE", CLASSIC),
    _row(-2020, R1, "ECI not acceptable for the payment system", "Decline. Wrong ECI", BOTH),
    _row(-2019, R1, "PARes carried an iReq error", "Decline by iReq in PARes", BOTH),
    _row(-2018, R1, "directory server not reachable", "Declined. DS connection timeout", BOTH),
    _row(-2017, R2, "PARes status is not Y", 'Declined. PARes status is not "Y"', BOTH),
    _row(-2016, R1, "VERes status unknown (U)", "Declined. VeRes status is unknown", BOTH),
    _row(-2015, R1, "VERes carried an iReq error", "Decline by iReq in VERes", BOTH),
    _row(-2013, R7, "all payment attempts used", "Number of attempts exhausted", BOTH),
    _row(-2012, R2, "operation not supported", "This operation is not supported", CLASSIC),
    _row(-2011, R1, "PARes status unknown (U)", "Declined. PaRes status is unknown", BOTH),
    _row(-2010, R2, "XID mismatch", "Mismatch of XID", BOTH, ecom=R1),
    _row(-2008, R2, "wrong wallet", "Wrong wallet", CLASSIC),
    _row(-2007, R6, "payer did not enter data in time", "Decline. Payment time limit", BOTH),
    _row(-2006, R11, "issuer refused authentication (N)", "Decline. 3DSec decline", BOTH, ecom=R1),
    _row(
        -2005,
        R1,
        "signature of the authentication reply invalid",
        "Decline. 3DSec sign error",
        BOTH,
    ),
    _row(-2003, R2, "blocked by port", "Blocked by port", CLASSIC),
    _row(-2002, R2, "amount over shop limit", "Decline. Payment over limit", CLASSIC),
    _row(-2001, R2, "IP address blacklisted", "Decline. IP blacklisted", CLASSIC),
    _row(-2000, R2, "card blacklisted", "Decline. PAN blacklisted", CLASSIC),
    _row(
        -102, R2, "cancelled by the paying agent", "Payment is cancelled by paying agent", CLASSIC
    ),
    _row(-100, EMPTY, "no payment attempt yet", "no_payments_yet", BOTH),
    _row(-1, R5, "processing did not answer", "sv_unavailable", CLASSIC),
    _row(0, EMPTY, "payment successful", "Approved.", BOTH),
    _row(1, R1, "identity of the holder must be confirmed", "Declined. Honor with id", BOTH),
    _row(5, R1, "network refuses to process", "Decline. Unable to process", BOTH),
    _row(7, R2, "pick up card, fraud", "", ECOM),
    _row(12, R1, "amount above issuer limit", "", ECOM),
    _row(13, R2, "wrong amount", "", ECOM),
    _row(14, R1, "wrong card number", "", ECOM),
    _row(15, R8, "issuer cannot be found by the network", "DECLINED_BY_BADINSTIT", BOTH),
    _row(31, R4, "issuer not reachable", "", ECOM),
    _row(41, R2, "pick up, lost", "", ECOM),
    _row(43, R2, "pick up, stolen", "", ECOM),
    _row(53, R2, "account does not exist", "DECLINED_BY_INVALID_ACCT", BOTH),
    _row(57, R1, "operation not allowed to holder", "", CLASSIC),
    _row(61, R1, "daily amount limit", "", ECOM),
    _row(62, R1, "card blocked", "", ECOM),
    _row(65, R1, "operation count limit", "", ECOM),
    _row(75, R2, "PIN tries exceeded", "", ECOM),
    _row(76, R2, "original operation not found", "", ECOM),
    _row(81, R1, "issuer refused", "", ECOM),
    _row(82, R1, "wrong CVC", "", ECOM),
    _row(93, R1, "illegal operation", "", ECOM),
    _row(94, R2, "duplicate transmission", "", ECOM),
    _row(96, R1, "operation impossible", "", ECOM),
    _row(100, R1, "card restricted by the issuer", "Decline. Card declined", CLASSIC),
    _row(101, R3, "card expired", "Decline. Expired card", BOTH),
    _row(103, R1, "call issuer (no link)", "Decline. Call issuer", BOTH),
    _row(104, R1, "account restricted", "Decline. Card declined", BOTH),
    _row(106, R2, "PIN tries, card probably blocked", "Decline. PIN tries exceeded", BOTH),
    _row(107, R1, "call issuer", "Decline. Call issuer", BOTH),
    _row(
        109, R2, "merchant/terminal identifier wrong or blocked", "Decline. Invalid merchant", BOTH
    ),
    _row(110, R2, "amount invalid", "Decline. Invalid amount", CLASSIC),
    _row(111, R1, "card number wrong", "Decline. No card record / Wrong PAN", BOTH),
    _row(116, R3, "not enough funds", "Decline. Not enough money", BOTH),
    _row(117, R2, "wrong PIN", "INCORRECT PIN", CLASSIC),
    _row(118, R1, "service not allowed", "", BOTH),
    _row(119, R1, "security violation", "Decline. SECURITY_VIOLATION", CLASSIC),
    _row(120, R1, "operation not allowed by issuer", "Decline. Not allowed", BOTH),
    _row(121, R1, "day limit of the card", "Decline. Excds wdrwl limt", CLASSIC),
    _row(123, R1, "operation-count limit of the card", "Decline. Excds wdrwl ltmt", CLASSIC),
    _row(125, R3, "card number wrong / refund above hold or zero", "Decline. Card declined", BOTH),
    _row(208, R2, "card is lost", "Decline. Card is lost", CLASSIC),
    _row(209, R2, "card limitations exceeded", "Decline. Card limitations exceeded", CLASSIC),
    _row(239, R10, "issuer demands the recurrence be cancelled", "", ECOM),
    _row(400, EMPTY, "reversal processed, not a failure", "", BOTH),
    _row(902, R1, "operation not permitted to the holder", "Decline. Invalid trans", BOTH),
    _row(903, R1, "re-enter transaction", "Decline. Re-enter trans.", CLASSIC),
    _row(904, R1, "message format error", "Decline. Format error", BOTH),
    _row(907, R4, "issuer host not available", "Decline. Host not avail.", CLASSIC),
    _row(909, R1, "operation impossible", "Decline. Call issuer", BOTH),
    _row(910, R4, "issuer host not available", "Decline. Host not avail.", BOTH),
    _row(913, R1, "message / currency wrong", "Decline. Invalid trans", BOTH),
    _row(914, R2, "original transaction not found", "Decline. Orig trans not found", BOTH),
    _row(999, R2, "fraud filter or no authorisation start", "Declined by fraud", BOTH),
    _row(1001, R5, "card data not received in time", "Decline. Data input timeout", BOTH),
    _row(1004, R2, "authorisation stage 1", "", CLASSIC),
    _row(1005, R2, "authorisation stage 2", "", CLASSIC),
    _row(1014, R2, "gateway default refusal (341014 in classic)", "Decline. General Error", BOTH),
    _row(1015, R3, "wrong card parameters (71015)", "Decline. Input error", BOTH),
    _row(1017, R2, "3DS communication error (151017)", "Decline. 3DSec comm error", CLASSIC),
    _row(1018, R5, "processing timeout, not sent (151018)", "Decline. Processing timeout", BOTH),
    _row(1019, R5, "processing timeout, sent (151019)", "Decline. Processing timeout", BOTH),
    _row(1041, R2, "refund failed", "", CLASSIC),
    _row(2001, R2, "fraud", "Decline. Fraud", CLASSIC),
    _row(2002, R2, "wrong operation", "Incorrect operation", BOTH),
    _row(2003, R2, "operation without 3DS forbidden", "Decline. SSL restricted", BOTH),
    _row(2004, R2, "SSL without CVC forbidden", "SSL without CVC forbidden", BOTH),
    _row(2005, R2, "3DS rule not satisfied", "3DS rule failed", BOTH),
    _row(2006, R2, "one-phase payments forbidden", "One-phase payments are forbidden", CLASSIC),
    _row(2007, R2, "order already paid", "Order already paid", BOTH),
    _row(2008, R2, "not completed yet", "", CLASSIC),
    _row(2009, R2, "refund exceeds payment", "Refund exceeds payment", BOTH),
    _row(2014, R2, "3DS rule error", "Decline. 3DS rule error", CLASSIC),
    _row(2015, R2, "no terminal selected", "Terminal select rule error", CLASSIC),
    _row(2016, R2, "merchant has no 3DS permission", "TDS_FORBIDDEN", BOTH),
    _row(8204, R2, "duplicate order", "Decline. Duplicate order", CLASSIC),
    _row(9001, R2, "gateway internal error", "RBS internal error", CLASSIC),
    _row(71015, R3, "as 1015", "Decline. Input error", CLASSIC),
    _row(151017, R2, "as 1017", "Decline. 3DSec comm error", CLASSIC),
    _row(151018, R5, "as 1018", "Decline. Processing timeout", CLASSIC),
    _row(151019, R5, "as 1019", "Decline. Processing timeout", CLASSIC),
    _row(341014, R2, "as 1014", "Decline. General Error", CLASSIC),
    _row(341016, R1, "3DS2 ARes declined", "", CLASSIC),
    _row(341017, R1, "3DS2 ARes status unknown", "", CLASSIC),
    _row(341018, R1, "3DS2 challenge cancelled", "", CLASSIC),
    _row(341019, R1, "3DS2 authentication failed", "", CLASSIC),
    _row(341020, R1, "3DS2 RReq unknown", "", CLASSIC),
    _row(342015, R2, "address verification failed", "", CLASSIC),
)

ACTION_CODES: Final[Mapping[int, ActionCode]] = MappingProxyType({row.code: row for row in _ROWS})


def describe(code: int, language: str, *, dialect: Dialect = "classic") -> str:
    """The text for the payer of a code (`actionCodeDescription`), Russian unless "en" is asked.

    Empty for 0, -100, 400 and -3101; a code without a row has the text R2.
    Source: codes.md §4.1, §4.2.
    """
    row = ACTION_CODES.get(code)
    if row is None:
        text = UNKNOWN_CODE_TEXT
    else:
        text = row.ecom_text_class if dialect == "ecom" else row.text_class
    return text.en if language == "en" else text.ru
