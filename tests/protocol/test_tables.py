"""Holds the methods' tables to themselves, to the operations behind them, and to the reference.

The error tables are written out once more here, by hand, from rest-orders.md §2.4, §3, §4 and §5: a
number or a text that is changed in one place only is found by the other.
"""

from collections import Counter
from dataclasses import fields
from typing import Final

import pytest

from altyn.domain.cart.raw_line import RawLine
from altyn.domain.merchant import Permission
from altyn.domain.receipt.values import FiscalData
from altyn.domain.refusals import Refusal
from altyn.inbound.handlers import HANDLERS
from altyn.operations.bindings.charging import ChargeStored
from altyn.operations.bindings.create import CreateBinding
from altyn.operations.bindings.find import FindBindings, FindBindingsOfCard
from altyn.operations.bindings.pay import PayByBinding
from altyn.operations.close_receipt import CloseReceipt
from altyn.operations.deposit import Deposit
from altyn.operations.paying.card.payout import PayOut
from altyn.operations.paying.card.steps import AfterMethod, PayByCard
from altyn.operations.refund import Refund
from altyn.operations.register import Register
from altyn.operations.reverse import Reverse
from altyn.protocol.dialects.classic.envelopes import (
    BINDING_LIST,
    CAPITALS,
    CLOSING,
    INSTALMENT,
    ORDER_LIST,
    PAYMENT,
    PLAIN,
    RECURRENT,
    STATUS,
)
from altyn.protocol.dialects.classic.envelopes import REGISTRATION as REGISTERED
from altyn.protocol.dialects.classic.payment_methods import PROCESS_FORM
from altyn.protocol.dialects.classic.registry import METHODS
from altyn.protocol.dialects.classic.shared_rows import CART_REFUSALS
from altyn.protocol.dialects.classic.soap.own_methods import SOAP_METHODS
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.table import Method
from tests.protocol.refusals_in_code import refusals_of

EVERY_METHOD: Final = tuple(METHODS.values())
every_method = pytest.mark.parametrize("method", EVERY_METHOD, ids=lambda method: method.name)

# ── The rows ──────────────────────────────────────────────────────────────────────────────────────

# What the request handler and the handlers read apart from the command, by the name of the field.
READ_FOR_EVERY_METHOD: Final = frozenset({"order_id", "order_number", "merchant_login", "language"})

# Fields that a request may carry and that no rule reads yet → what becomes of them.
NOT_YET_READ: Final = {
    "currency": "accepted; an order keeps the currency that it was registered with",
    "json_params": "accepted; a stored card keeps no attributes",
    "binding_strength": "accepted; a card without a payment is stored as NO_PAYMENT",
}

RAW_REFUND: Final = frozenset(
    {"line", *(field.name for each in (Refund, RawLine) for field in fields(each))}
)
ONE_CALL: Final = frozenset(
    field.name for each in (Register, PayByCard, AfterMethod) for field in fields(each)
)
COMMAND_FIELDS: Final = {
    "register": frozenset(field.name for field in fields(Register)),
    "registerPreAuth": frozenset(field.name for field in fields(Register)),
    "deposit": frozenset(field.name for field in fields(Deposit)),
    "reverse": frozenset(field.name for field in fields(Reverse)),
    "refund": frozenset(field.name for field in fields(Refund)),
    "decline": frozenset[str](),
    "addParams": frozenset({"params"}),
    "getOrderStatus": frozenset[str](),
    "getOrderStatusExtended": frozenset[str](),
    "getLastOrdersForMerchants": frozenset(
        {"size", "page", "since", "to", "statuses", "merchants", "by_created"}
    ),
    "verifyEnrollment": frozenset({"pan"}),
    "paymentOrder": frozenset(
        {
            "ip",
            "json_params",
            *("eci", "cavv", "xid"),
            *(field.name for phase in (PayByCard, AfterMethod) for field in fields(phase)),
        }
    ),
    "instantPayment": ONE_CALL,
    "motoPayment": ONE_CALL,
    "verifyCard": ONE_CALL,
    "instantRefund": frozenset(field.name for field in fields(PayOut)),
    "paymentOrderOtherWay": frozenset({"way", "ip"}),
    "recurrentPayment": frozenset(field.name for field in fields(ChargeStored)),
    "installmentPayment": frozenset(field.name for field in fields(ChargeStored)),
    "finish3dsPayment": frozenset({"pa_res", "c_res"}),
    "continue3ds": frozenset[str](),
    "finish3dsMethod": frozenset({"server_trans_id", "method_completed"}),
    "finish3dsVer2Payment": frozenset({"server_trans_id"}),
    "processRawSumRefund": RAW_REFUND,
    "processRawPositionRefund": RAW_REFUND,
    "getReceiptStatus": frozenset({"receipt_id"}),
    "closeOfdReceipt": frozenset(field.name for field in fields(CloseReceipt)),
    "getBindings": frozenset(field.name for field in fields(FindBindings)),
    "getBindingsByCardOrId": frozenset(field.name for field in fields(FindBindingsOfCard)),
    "bindCard": frozenset({"binding_id"}),
    "paymentOrderBinding": frozenset(
        {
            "ip",
            "json_params",
            *(field.name for phase in (PayByBinding, AfterMethod) for field in fields(phase)),
        }
    ),
    "unBindCard": frozenset({"binding_id"}),
    "extendBinding": frozenset({"binding_id", "expiry"}),
    "createBindingNoPayment": frozenset(field.name for field in fields(CreateBinding)),
    "externalReceipt": frozenset(
        {"receipt", "kind", "ofd", *(field.name for field in fields(FiscalData))}
    ),
    "creditRegister": frozenset({"dummy", *(field.name for field in fields(Register))}),
    "creditRegisterPreAuth": frozenset({"dummy", *(field.name for field in fields(Register))}),
    "getPaymentLink": frozenset[str](),
    "sendPaymentLink": frozenset({"sms", "email", "key"}),
}


@every_method
def test_a_row_fills_a_field_that_is_read(method: Method) -> None:
    known = COMMAND_FIELDS[method.name] | READ_FOR_EVERY_METHOD | NOT_YET_READ.keys()
    filled = {row.name: row.field for row in method.parameters}
    assert {name: unread for name, unread in filled.items() if unread not in known} == {}


def test_the_list_of_unread_fields_is_up_to_date() -> None:
    unread = {
        row.field
        for method in EVERY_METHOD
        for row in method.parameters
        if row.field not in COMMAND_FIELDS[method.name] | READ_FOR_EVERY_METHOD
    }
    assert unread == NOT_YET_READ.keys()


@every_method
def test_the_refusals_of_a_row_are_in_its_methods_table(method: Method) -> None:
    known = {*method.refusals, None}
    named = {row.name: {row.invalid, row.required} for row in method.parameters}
    assert {name: refusals - known for name, refusals in named.items() if refusals - known} == {}


@every_method
def test_a_row_has_a_note_and_a_notation(method: Method) -> None:
    assert [row.name for row in method.parameters if not row.note.endswith(".")] == []
    assert [row.name for row in method.parameters if not row.type.notation] == []


@every_method
def test_a_name_leads_to_one_row(method: Method) -> None:
    names = [name for row in method.parameters for name in (row.name, *row.aliases, *row.parts)]
    assert [name for name, count in Counter(names).items() if count > 1] == []


@every_method
def test_what_json_params_may_hold_is_read_after_them(method: Method) -> None:
    names = [row.name for row in method.parameters]
    held = [row.name for row in method.parameters if row.in_json_params]
    assert all(names.index("jsonParams") < names.index(name) for name in held)


def test_a_refunds_own_name_may_come_in_json_params() -> None:
    """The shop that sends it there would otherwise refund twice (rest-orders.md §3.3)."""
    row = next(row for row in METHODS["refund"].parameters if row.name == "externalRefundId")
    assert row.in_json_params


# ── The methods ───────────────────────────────────────────────────────────────────────────────────


def test_every_method_is_served_and_every_handler_has_its_table() -> None:
    methods = (*EVERY_METHOD, *SOAP_METHODS.values(), PROCESS_FORM)
    assert {method.operation for method in methods} == HANDLERS.keys()


def test_paths_differ_by_more_than_their_capitals() -> None:
    paths = Counter(path.lower() for method in EVERY_METHOD for path in method.rest)
    assert [path for path, count in paths.items() if count > 1] == []
    assert all(path.endswith(".do") for path in paths)


@every_method
def test_a_method_names_its_source(method: Method) -> None:
    files = ("rest-orders.md §", "payment-page.md §", "fiscal.md §", "bnpl.md §")
    assert method.source.startswith(files)
    assert method.summary.endswith(".")


ENVELOPES: Final = {
    REGISTERED: {"register", "registerPreAuth", "creditRegister", "creditRegisterPreAuth"},
    CAPITALS: {"getOrderStatus"},
    STATUS: {"getOrderStatusExtended"},
    ORDER_LIST: {"getLastOrdersForMerchants"},
    BINDING_LIST: {"getBindings", "getBindingsByCardOrId"},
    PAYMENT: {
        *("paymentOrder", "paymentOrderBinding", "paymentOrderOtherWay"),
        *("finish3dsPayment", "finish3dsVer2Payment"),
        *("instantPayment", "motoPayment", "continue3ds", "finish3dsMethod"),
    },
    CLOSING: {"closeOfdReceipt"},
    RECURRENT: {"recurrentPayment"},
    INSTALMENT: {"installmentPayment"},
}

NEEDS: Final = {
    "registerPreAuth": Permission.TWO_PHASE,
    "reverse": Permission.REVERSAL,
    "refund": Permission.REFUND,
    "paymentOrder": Permission.CARD_FROM_SHOP,
    "instantPayment": Permission.INSTANT_PAYMENT,
    "motoPayment": Permission.MOTO,
    "verifyCard": Permission.VERIFY_CARD,
    "instantRefund": Permission.INSTANT_REFUND,
    "finish3dsPayment": Permission.CARD_FROM_SHOP,
    "continue3ds": Permission.CARD_FROM_SHOP,
    "finish3dsMethod": Permission.CARD_FROM_SHOP,
    "finish3dsVer2Payment": Permission.CARD_FROM_SHOP,
    "processRawSumRefund": Permission.RAW_REFUND,
    "processRawPositionRefund": Permission.RAW_REFUND,
    "externalReceipt": Permission.ELECTRONIC_CERTIFICATE,
    "getBindings": Permission.BINDINGS,
    "getBindingsByCardOrId": Permission.BINDINGS,
    "bindCard": Permission.BINDINGS,
    "paymentOrderBinding": Permission.BINDINGS,
    "recurrentPayment": Permission.RECURRENT,
    "installmentPayment": Permission.RECURRENT,
    "unBindCard": Permission.BINDINGS,
    "extendBinding": Permission.BINDINGS,
    "createBindingNoPayment": Permission.CREATE_BINDING,
    "creditRegister": Permission.CREDIT,
    "creditRegisterPreAuth": Permission.CREDIT,
}


@every_method
def test_the_form_of_the_answer_is_the_references(method: Method) -> None:
    special = {name: envelope for envelope, names in ENVELOPES.items() for name in names}
    assert method.envelope is special.get(method.name, PLAIN)


@every_method
def test_the_permission_is_the_references(method: Method) -> None:
    assert method.needs is NEEDS.get(method.name)
    both = method.name == "creditRegisterPreAuth"
    assert method.also_needs is (Permission.TWO_PHASE if both else None)


# ── What the code can answer ──────────────────────────────────────────────────────────────────────

# Refusals that the scan reaches and the request cannot: (method or "*", refusal) → why.
OUT_OF_REACH: Final = {
    ("*", Refusal.LOGIN_EMPTY): "found apart only where the table has it (rest-orders.md §1.2)",
    ("*", Refusal.PASSWORD_EMPTY): "as above",
    ("*", Refusal.ORDER_SELECTOR_MISSING): "asked for by id or number, one of which is there",
    ("register", Refusal.ORDER_UNKNOWN): "the order of the prepayment was loaded just before",
    ("registerPreAuth", Refusal.ORDER_UNKNOWN): "as above",
    ("creditRegister", Refusal.ORDER_UNKNOWN): "as above",
    ("creditRegisterPreAuth", Refusal.ORDER_UNKNOWN): "as above",
    **{
        (name, refusal): "it is about purchases on credit"
        for name in (
            *("register", "registerPreAuth", "recurrentPayment", "installmentPayment"),
            *("instantPayment", "motoPayment", "verifyCard"),
        )
        for refusal in (Refusal.CREDIT_IMPOSSIBLE, Refusal.CREDIT_UNAVAILABLE)
    },
    ("instantRefund", Refusal.ORDER_UNKNOWN): "its order was saved just before",
    ("paymentOrderBinding", Refusal.PAN_INVALID): "it sends no card number",
    ("recurrentPayment", Refusal.CVC_INVALID): "a recurring payment needs no CVC",
    ("installmentPayment", Refusal.CVC_INVALID): "an instalment needs no CVC",
    **{
        (name, refusal): "the order is new"
        for name in ("instantPayment", "motoPayment", "verifyCard")
        for refusal in (
            Refusal.ORDER_UNKNOWN,
            Refusal.ALREADY_PAID,
            Refusal.WRONG_STATUS,
            Refusal.ATTEMPTS_EXHAUSTED,
            Refusal.BINDING_REQUIRED,
            Refusal.CREDIT_REQUIRED,
            Refusal.PARAMETER_EMPTY,
        )
    },
    **{
        ("verifyCard", refusal): "it takes no stored card"
        for refusal in (
            Refusal.CLIENT_ID_EMPTY,
            Refusal.BINDING_UNKNOWN,
            Refusal.BINDING_OF_ANOTHER_CLIENT,
        )
    },
    **{
        (name, refusal): "no card is sent"
        for name in ("continue3ds", "finish3dsMethod")
        for refusal in (Refusal.CVC_INVALID, Refusal.PAN_INVALID)
    },
    **{("verifyCard", refusal): "it has no cart" for refusal in CART_REFUSALS},
    ("verifyCard", Refusal.VERIFY_FORBIDDEN): "the permission of the method is enough",
    ("decline", Refusal.DECLINED_BY_BANK): "the bank is not asked",
    ("addParams", Refusal.DECLINED_BY_BANK): "the bank is not asked",
    ("refund", Refusal.POSITION_UNKNOWN): "only refunds by sum name a position alone",
    ("processRawSumRefund", Refusal.POSITION_UNKNOWN): "it names no position",
    ("processRawSumRefund", Refusal.CART_SUM): "as above",
    ("processRawSumRefund", Refusal.CART_FORMAT): "it has no positions to read",
    ("processRawSumRefund", Refusal.CART_MANDATORY): "as above",
    ("processRawSumRefund", Refusal.CART_QUANTITY): "as above",
    ("processRawPositionRefund", Refusal.CART_SUM): "as above",
    ("processRawPositionRefund", Refusal.CART_FORMAT): "as above",
    ("processRawPositionRefund", Refusal.CART_MANDATORY): "as above",
    ("processRawPositionRefund", Refusal.CART_QUANTITY): "as above",
    ("closeOfdReceipt", Refusal.DECLINED_BY_BANK): "the bank is not asked",
    ("externalReceipt", Refusal.DECLINED_BY_BANK): "the bank is not asked",
    ("bindCard", Refusal.BINDING_INACTIVE): "it enables",
    ("unBindCard", Refusal.BINDING_ACTIVE): "it disables",
    ("extendBinding", Refusal.BINDING_ACTIVE): "only an active one can be active already",
    ("sendPaymentLink", Refusal.DECLINED_BY_BANK): "the bank is not asked",
}


@pytest.mark.parametrize(
    "method", [*EVERY_METHOD, *SOAP_METHODS.values()], ids=lambda method: method.name
)
def test_every_refusal_in_the_code_has_its_row(method: Method) -> None:
    possible = {Refusal[name] for name in refusals_of(HANDLERS[method.operation])}
    allowed = {refusal for name, refusal in OUT_OF_REACH if name in ("*", method.name)}
    assert possible - method.refusals.keys() <= allowed


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("register", {"ORDER_NUMBER_TAKEN", "FEATURES_CONFLICT", "VERIFY_FORBIDDEN"}),
        ("deposit", {"WRONG_STATUS", "AMOUNT_ABOVE_HOLD", "DEPOSIT_TOO_SMALL", "BUSY"}),
        ("reverse", {"WRONG_STATUS", "PARTIAL_REVERSAL_REPEATED", "DECLINED_BY_BANK"}),
        ("refund", {"REFUND_ID_REUSED", "AMOUNT_ABOVE_DEPOSIT", "EXPECTED_AMOUNT_DIFFERS"}),
        ("getOrderStatusExtended", {"ORDER_UNKNOWN", "ORDER_SELECTOR_MISSING", "USER_BLOCKED"}),
        ("paymentOrder", {"ALREADY_PAID", "SESSION_OVER", "ATTEMPTS_EXHAUSTED", "CVC_INVALID"}),
    ],
)
def test_scan_finds_the_known_refusals(name: str, expected: set[str]) -> None:
    assert expected <= refusals_of(HANDLERS[METHODS[name].operation])


# ── The error tables, once more ───────────────────────────────────────────────────────────────────

CodeAndTexts = tuple[int, str, str]

ACCESS: Final[CodeAndTexts] = (5, "Доступ запрещён", "Access denied.")
PASSWORD_CHANGE: Final[CodeAndTexts] = (
    5,
    "Пользователь должен сменить свой пароль",
    "The user must change the password.",
)
NO_BINDINGS: Final[CodeAndTexts] = (2, "Информация не найдена", "No bindings")
NO_BINDING: Final[CodeAndTexts] = (2, "Связка не найдена", "Binding not found")
SYSTEM: Final[CodeAndTexts] = (7, "Системная ошибка", "System error.")
AMOUNT: Final[CodeAndTexts] = (5, "Неверная сумма", "Amount is invalid")
NO_ORDER_ID: Final[CodeAndTexts] = (5, "[orderId] не задан", "[orderId] is empty")
IMPOSSIBLE: Final[CodeAndTexts] = (
    7,
    "Операция невозможна для текущего состояния платежа",
    "Operation is impossible for current transaction state",
)
WRONG_STATE: Final[CodeAndTexts] = (
    7,
    "Платёж должен быть в корректном состоянии",
    "Payment must be in the correct state",
)
REGISTRATION: Final[dict[Refusal, CodeAndTexts]] = {
    Refusal.LOGIN_EMPTY: (
        4,
        "Имя мерчанта не может быть пустым",
        "Merchant name cannot be empty.",
    ),
    Refusal.PASSWORD_EMPTY: (4, "Пароль не может быть пуст", "Password cannot be empty."),
    Refusal.MERCHANT_LOGIN_UNKNOWN: (5, "Логин продавца неверен", "Merchant login is invalid"),
    Refusal.ORDER_NUMBER_EMPTY: (4, "Номер заказа не может быть пуст", "Order number is empty"),
    Refusal.AMOUNT_MISSING: (4, "Отсутствует сумма", "The amount is missing."),
    Refusal.RETURN_URL_EMPTY: (4, "URL возврата не может быть пуст", "Empty return URL"),
    Refusal.ORDER_NUMBER_INVALID: (1, "Неверный номер заказа", "Wrong order number."),
    Refusal.AMOUNT_INVALID: AMOUNT,
    Refusal.RETURN_URL_INVALID: (4, "Неверный URL возврата", "The return URL is invalid"),
    Refusal.CURRENCY_UNKNOWN: (3, "Неизвестная валюта", "Unknown currency."),
    Refusal.LANGUAGE_INVALID: (5, "Неправильный параметр 'Язык'", "Invalid merchant language"),
    Refusal.JSON_PARAMS_INVALID: (5, "[jsonParams] неверен", "[jsonParams] is invalid."),
    Refusal.FEATURES_INVALID: (
        14,
        "Features указаны некорректно",
        "Features are specified incorrectly.",
    ),
    Refusal.FEATURES_CONFLICT: (
        13,
        "Использование обоих значений Features FORCETDS/FORCESSL и AUTO_PAYMENT недопустимо",
        "Both FORCE_TDS/FORCE_SSL and AUTO_PAYMENT features are not allowed",
    ),
    Refusal.VERIFY_FORBIDDEN: (
        13,
        "Мерчант не имеет привилегии выполнять проверочные платежи",
        "The merchant does not have the permission to process verification payments.",
    ),
    Refusal.AUTO_PAYMENT_FORBIDDEN: (
        13,
        "Мерчант не имеет привилегии выполнять AUTO платежи",
        "Merchant has no privilege to perform AUTO payments",
    ),
    Refusal.ORDER_NUMBER_TAKEN: (
        1,
        "Заказ с таким номером уже обработан",
        "An order with this number has already been processed.",
    ),
}
CARD: Final[dict[Refusal, CodeAndTexts]] = {
    Refusal.ORDER_ID_EMPTY: (4, "[MDORDER] не задан", "[MDORDER] is empty"),
    Refusal.ORDER_UNKNOWN: (1, "Неверный номер заказа", "Wrong order number."),
    Refusal.ALREADY_PAID: (1, "Заказ уже обработан", "The order has already been processed"),
    Refusal.EXPIRY_INVALID: (
        1,
        "Срок действия карты неверен",
        "The card's expiry date is invalid",
    ),
    Refusal.PAN_INVALID: (1, "Неверный номер карты", "Wrong card number"),
    Refusal.SESSION_OVER: (5, "Срок жизни заказа истек", "The order's lifetime is over"),
    Refusal.WRONG_STATUS: (5, "Неверный статус заказа", "Wrong order status"),
    Refusal.ATTEMPTS_EXHAUSTED: (
        5,
        "Превышено допустимое количество попыток оплаты",
        "The allowed number of payment attempts is exceeded",
    ),
}
CARD_ONLY: Final = {Refusal.PAN_INVALID, Refusal.EXPIRY_INVALID}

RAW: Final[dict[Refusal, CodeAndTexts]] = {
    Refusal.ORDER_ID_EMPTY: NO_ORDER_ID,
    Refusal.AMOUNT_INVALID: AMOUNT,
    Refusal.EXPECTED_AMOUNT_DIFFERS: AMOUNT,
    Refusal.ORDER_UNKNOWN: (6, "Неверный номер заказа", "Unregistered order id"),
    Refusal.WRONG_STATUS: WRONG_STATE,
    Refusal.AMOUNT_ABOVE_DEPOSIT: (
        7,
        "Сумма возврата превышает сумму списания",
        "Refund amount exceeds deposited amount",
    ),
}

# bnpl.md §8: one text for every wrong value.
WRONG_VALUE: Final[CodeAndTexts] = (
    5,
    "Неверно указано значение одного из параметров",
    "The value of one of the parameters is wrong",
)
CREDIT: Final[dict[Refusal, CodeAndTexts]] = {
    **REGISTRATION,
    Refusal.PARAMETER_INVALID: WRONG_VALUE,
    Refusal.AMOUNT_INVALID: WRONG_VALUE,
    Refusal.RETURN_URL_INVALID: WRONG_VALUE,
    Refusal.LANGUAGE_INVALID: WRONG_VALUE,
    Refusal.JSON_PARAMS_INVALID: WRONG_VALUE,
}
STEPS: Final[dict[Refusal, CodeAndTexts]] = {
    Refusal.ORDER_ID_EMPTY: CARD[Refusal.ORDER_ID_EMPTY],
    Refusal.ORDER_UNKNOWN: CARD[Refusal.ORDER_UNKNOWN],
    Refusal.AUTHENTICATION_UNKNOWN: CARD[Refusal.WRONG_STATUS],
}
# Registration and payment in one call: both tables, without the order's id.
ONE_CALL_ERRORS: Final[dict[Refusal, CodeAndTexts]] = {
    **REGISTRATION,
    **{
        refusal: CARD[refusal]
        for refusal in (Refusal.PAN_INVALID, Refusal.EXPIRY_INVALID, Refusal.SESSION_OVER)
    },
}
# Methods of this gateway's own: the texts are ours.
LINK: Final[dict[Refusal, CodeAndTexts]] = {
    Refusal.ORDER_ID_EMPTY: NO_ORDER_ID,
    Refusal.ORDER_UNKNOWN: (6, "Неверный номер заказа", "Wrong order number"),
    Refusal.WRONG_STATUS: (
        7,
        "По ссылке этого заказа нельзя заплатить: он оплачен, отменён, или время оплаты вышло",
        "The link of this order takes no payment: the order is paid, cancelled or expired",
    ),
}

# method → refusal → number and texts; what every method has is below. The texts name [orderId],
# where the reference does, in place of the parameter.
CHARGES: Final = {
    **{refusal: CARD[refusal] for refusal in CARD.keys() - CARD_ONLY - {Refusal.ORDER_ID_EMPTY}},
    **REGISTRATION,
    Refusal.ORDER_NUMBER_TAKEN: (
        10,
        "Заказ с таким номером уже зарегистрирован в системе.",
        "Order with this number is already registered in the system.",
    ),
}
REFERENCE: Final[dict[str, dict[Refusal, CodeAndTexts]]] = {
    "register": REGISTRATION,
    "registerPreAuth": REGISTRATION,
    "deposit": {
        Refusal.ORDER_ID_EMPTY: NO_ORDER_ID,
        Refusal.AMOUNT_INVALID: AMOUNT,
        Refusal.AMOUNT_ABOVE_HOLD: AMOUNT,
        Refusal.ORDER_UNKNOWN: (6, "Неверный номер заказа", "Unregistered order id"),
        Refusal.WRONG_STATUS: WRONG_STATE,
        Refusal.DEPOSIT_TOO_SMALL: (
            7,
            "Неверная сумма депозита (менее одного рубля)",
            "Wrong deposit amount (less than one rouble)",
        ),
    },
    "reverse": {
        Refusal.ORDER_ID_EMPTY: NO_ORDER_ID,
        Refusal.PARTIAL_REVERSAL_REPEATED: (
            5,
            "Нельзя провести частичную отмену более одного раза",
            "A partial reversal cannot be made more than once",
        ),
        Refusal.ORDER_UNKNOWN: (6, "Неверный номер заказа", "Wrong order number"),
        Refusal.WRONG_STATUS: IMPOSSIBLE,
    },
    "refund": {
        Refusal.ORDER_ID_EMPTY: NO_ORDER_ID,
        Refusal.AMOUNT_INVALID: AMOUNT,
        Refusal.EXPECTED_AMOUNT_DIFFERS: AMOUNT,
        Refusal.ORDER_UNKNOWN: (6, "Неверный номер заказа", "Unregistered order id"),
        Refusal.WRONG_STATUS: WRONG_STATE,
        Refusal.AMOUNT_ABOVE_DEPOSIT: (
            7,
            "Сумма возврата превышает сумму списания",
            "Refund amount exceeds deposited amount",
        ),
    },
    "decline": {
        Refusal.ORDER_UNKNOWN: (6, "Заказ не найден", "Order not found"),
        Refusal.WRONG_STATUS: IMPOSSIBLE,
    },
    "addParams": {
        Refusal.ORDER_ID_EMPTY: NO_ORDER_ID,
        Refusal.PARAMS_INVALID: (5, "[params] неверен", "[params] is invalid."),
        Refusal.ORDER_UNKNOWN: (6, "Неверный номер заказа", "Wrong order number"),
    },
    "getOrderStatus": {
        Refusal.ORDER_ID_EMPTY: (5, "[orderId] не указан", "[orderId] is empty"),
        Refusal.ORDER_UNKNOWN: (6, "Неверный номер заказа", "Unregistered order id"),
    },
    "getOrderStatusExtended": {
        Refusal.ORDER_SELECTOR_MISSING: (
            1,
            "Ожидается [orderId] или [orderNumber]",
            "Expected [orderId] or [orderNumber]",
        ),
        Refusal.ORDER_UNKNOWN: (6, "Заказ не найден", "Order not found"),
    },
    "getLastOrdersForMerchants": {
        Refusal.FIELD_MISSING: (
            5,
            "Не заполнено одно из обязательных полей",
            "One of the mandatory fields is empty",
        ),
        Refusal.STATES_INVALID: (
            5,
            "Неверный формат параметра transactionStates",
            "Wrong format of the parameter transactionStates",
        ),
        Refusal.SIZE_TOO_LARGE: (
            10,
            "Значение параметра size превышает максимально допустимое",
            "The value of the parameter size is above the allowed maximum",
        ),
        Refusal.MERCHANT_NOT_VISIBLE: (
            10,
            "Недостаточно прав для просмотра транзакций указанного мерчанта",
            "Not enough rights to see the transactions of this merchant",
        ),
    },
    "verifyEnrollment": {
        Refusal.PAN_INVALID: (1, "Неверный номер карты", "Wrong card number"),
        Refusal.PAN_EMPTY: (5, "Номер карты не задан", "The card number is empty"),
    },
    "paymentOrder": CARD,
    "recurrentPayment": CHARGES,
    "installmentPayment": CHARGES,
    "instantPayment": {
        **ONE_CALL_ERRORS,
        Refusal.ORDER_UNKNOWN: CARD[Refusal.ORDER_UNKNOWN],
        Refusal.AUTHENTICATION_UNKNOWN: CARD[Refusal.WRONG_STATUS],
    },
    "motoPayment": ONE_CALL_ERRORS,
    "verifyCard": {
        refusal: texts
        for refusal, texts in ONE_CALL_ERRORS.items()
        if refusal
        not in {
            Refusal.ORDER_NUMBER_EMPTY,
            Refusal.AMOUNT_MISSING,
            Refusal.RETURN_URL_EMPTY,
            Refusal.VERIFY_FORBIDDEN,
        }
    },
    "instantRefund": {
        **{
            refusal: REGISTRATION[refusal]
            for refusal in (
                *(Refusal.ORDER_NUMBER_EMPTY, Refusal.ORDER_NUMBER_INVALID),
                *(Refusal.AMOUNT_MISSING, Refusal.AMOUNT_INVALID),
                *(Refusal.CURRENCY_UNKNOWN, Refusal.ORDER_NUMBER_TAKEN),
            )
        },
        **{
            refusal: CARD[refusal]
            for refusal in (Refusal.PAN_INVALID, Refusal.EXPIRY_INVALID, Refusal.SESSION_OVER)
        },
        Refusal.BINDING_UNKNOWN: (2, "Связка не найдена", "Binding not found"),
        Refusal.OUTCOME_UNKNOWN: (
            7,
            "Банк ещё не ответил. Не повторяйте выплату: узнайте её статус по номеру заказа",
            (
                "The bank has not answered yet. Do not repeat the payout: ask for the status of "
                "its order"
            ),
        ),
    },
    "paymentOrderOtherWay": {
        refusal: texts
        for refusal, texts in CARD.items()
        if refusal not in {Refusal.PAN_INVALID, Refusal.EXPIRY_INVALID}
    },
    "finish3dsPayment": CARD,
    "continue3ds": STEPS,
    "finish3dsMethod": STEPS,
    "finish3dsVer2Payment": CARD,
    "processRawSumRefund": RAW,
    "processRawPositionRefund": {
        **RAW,
        Refusal.POSITION_UNKNOWN: (5, "Позиция не найдена", "Position not found"),
    },
    "getReceiptStatus": {
        Refusal.ORDER_SELECTOR_MISSING: (
            4,
            "Ожидается [orderId], [orderNumber] или [uuid]",
            "Expected [orderId], [orderNumber] or [uuid]",
        ),
        Refusal.ORDER_UNKNOWN: (6, "Неверный номер заказа", "Unregistered order id"),
    },
    "closeOfdReceipt": {
        Refusal.ORDER_ID_EMPTY: NO_ORDER_ID,
        Refusal.AMOUNT_INVALID: AMOUNT,
        Refusal.ORDER_UNKNOWN: (6, "Неверный номер заказа", "Unregistered order id"),
        Refusal.WRONG_STATUS: IMPOSSIBLE,
    },
    "getBindings": {
        Refusal.CLIENT_ID_EMPTY: (1, "[clientId] не задан", "[clientId] is empty"),
        Refusal.BINDING_UNKNOWN: NO_BINDINGS,
    },
    "getBindingsByCardOrId": {
        Refusal.CARD_SELECTOR_EMPTY: (
            1,
            "Не заполнены pan и bindingId",
            "Neither pan nor bindingId is given",
        ),
        Refusal.BINDING_UNKNOWN: NO_BINDINGS,
    },
    "paymentOrderBinding": {
        **{refusal: CARD[refusal] for refusal in CARD.keys() - CARD_ONLY},
        Refusal.ORDER_ID_EMPTY: (5, "[mdOrder] не задан", "[mdOrder] is empty"),
        Refusal.BINDING_UNKNOWN: NO_BINDING,
        Refusal.CVC_INVALID: (
            1,
            (
                "Необходимо указать CVC2/CVV2, поскольку у мерчанта нет разрешения проводить "
                "платёж без CVC"
            ),
            "CVC2/CVV2 is needed: the merchant has no permission to pay without it",
        ),
    },
    "bindCard": {
        Refusal.BINDING_UNKNOWN: NO_BINDING,
        Refusal.BINDING_ACTIVE: (2, "Связка уже создана", "Binging is active"),
    },
    "unBindCard": {
        Refusal.BINDING_UNKNOWN: NO_BINDING,
        Refusal.BINDING_INACTIVE: (2, "Связка неактивна", "Binging isn't active"),
    },
    "extendBinding": {
        Refusal.EXPIRY_INVALID: (1, "Неверный [newExpiry]", "[newExpiry] is invalid."),
        Refusal.BINDING_UNKNOWN: NO_BINDING,
    },
    "createBindingNoPayment": {
        Refusal.PAN_INVALID: (1, "Неверный номер карты", "Wrong card number"),
        Refusal.PAN_EMPTY: (5, "Номер карты не задан", "The card number is empty"),
    },
    "externalReceipt": {
        Refusal.ORDER_ID_EMPTY: NO_ORDER_ID,
        Refusal.ORDER_UNKNOWN: (6, "Неверный номер заказа", "Unregistered order id"),
        Refusal.WRONG_STATUS: IMPOSSIBLE,
    },
    "creditRegister": CREDIT,
    "creditRegisterPreAuth": CREDIT,
    "getPaymentLink": LINK,
    "sendPaymentLink": LINK,
}
NONE_SENT: Final = "[userName] or [password] or [token] is empty"  # the live text, in English only
EVERYWHERE: Final = {
    Refusal.CREDENTIALS_MISSING: (5, NONE_SENT, NONE_SENT),
    Refusal.ACCESS_DENIED: ACCESS,
    Refusal.PASSWORD_CHANGE_REQUIRED: PASSWORD_CHANGE,
    Refusal.USER_BLOCKED: (5, "Пользователь отключён", "The user is disabled"),
    Refusal.SYSTEM_ERROR: SYSTEM,
    Refusal.OUTCOME_UNKNOWN: SYSTEM,
    Refusal.BUSY: SYSTEM,
}
PARAMETER_NAMED: Final = {
    Refusal.ORDER_ID_EMPTY: "orderId",
    Refusal.PARAMS_INVALID: "params",
}


@every_method
def test_numbers_and_texts_are_the_references(method: Method) -> None:
    expected = {**EVERYWHERE, **REFERENCE[method.name]}
    card = method.envelope is PAYMENT
    found = {}
    for refusal in expected:
        error = method.error(refusal)
        name = PARAMETER_NAMED.get(refusal, "")
        if card and refusal is Refusal.ORDER_ID_EMPTY:
            name = "mdOrder" if method.name == "paymentOrderBinding" else "MDORDER"
        found[refusal] = (error.code, error.text("ru", name=name), error.text("en", name=name))
    assert found == expected


@every_method
def test_every_error_has_two_languages(method: Method) -> None:
    for refusal, error in method.refusals.items():
        assert error.ru
        assert error.en
        assert (error.ru != error.en) is (refusal is not Refusal.CREDENTIALS_MISSING)
        assert error.en.isascii()


@every_method
def test_any_other_language_is_answered_in_russian(method: Method) -> None:
    for error in method.refusals.values():
        assert error.text("de") == error.text("ru")


def test_one_wording_for_one_error() -> None:
    """The reference: use one wording for the same error in every method (rest-orders.md §2.4)."""
    texts: dict[tuple[int, str], set[str]] = {}
    for method in (*EVERY_METHOD, PROCESS_FORM):
        for error in method.refusals.values():
            texts.setdefault((error.code, error.ru), set()).add(error.en)
    several = {ru: en for ru, en in texts.items() if len(en) > 1}
    # The reference has two English texts for this one, by method (rest-orders.md §3.1, §3.2).
    by_method = {"Unregistered order id", "Wrong order number"}
    assert several == {(6, "Неверный номер заказа"): by_method}


def test_the_parameter_stands_in_the_text() -> None:
    error = ErrorCode(5, "[{name}] неверен", "[{name}] is invalid.")
    assert error.text("ru", name="amount") == "[amount] неверен"
    assert error.text("en", name="{name}") == "[{name}] is invalid."
