"""The error codes of the wire and their texts, each written once.

Which of them a method can answer, and which comes first, is the method's own table
(`methods.py`). Source: rest-orders.md §1.6, §2.4, §3–§5; 004 (error codes).
"""

from typing import Final

from altyn.protocol.error_code import ErrorCode

SUCCESS: Final = ErrorCode(0, "Успешно", "Success")

NUMBER_REGISTERED: Final = ErrorCode(
    10,
    "Заказ с таким номером уже зарегистрирован в системе.",
    "Order with this number is already registered in the system.",
)
NUMBER_TAKEN: Final = ErrorCode(
    1,
    "Заказ с таким номером уже обработан",
    "An order with this number has already been processed.",
)
NUMBER_INVALID: Final = ErrorCode(1, "Неверный номер заказа", "Wrong order number.")
NO_SELECTOR: Final = ErrorCode(
    1, "Ожидается [orderId] или [orderNumber]", "Expected [orderId] or [orderNumber]"
)
ALREADY_PROCESSED: Final = ErrorCode(
    1, "Заказ уже обработан", "The order has already been processed"
)
EXPIRY_INVALID: Final = ErrorCode(
    1, "Срок действия карты неверен", "The card's expiry date is invalid"
)
NEW_EXPIRY_INVALID: Final = ErrorCode(1, "Неверный [newExpiry]", "[newExpiry] is invalid.")
CARD_EXPIRED: Final = ErrorCode(1, "Срок действия карты истёк", "Card expired")
PAN_INVALID: Final = ErrorCode(1, "Неверный номер карты", "Wrong card number")
NOT_A_TEST_CARD: Final = ErrorCode(
    1,
    "Это тестовый шлюз: он принимает только тестовые карты (их печатает команда altyn cards)",
    "This is a sandbox: it takes test cards only (the command `altyn cards` prints them)",
)
WRONG_BINDING: Final = ErrorCode(
    1, "Заказ не может быть оплачен данной картой", "The order cannot be paid with this card"
)
ANOTHER_BINDING: Final = ErrorCode(
    1, "Заказ не может быть оплачен данной связкой", "The order cannot be paid with this binding"
)
CVC_NEEDED: Final = ErrorCode(
    1,
    "Необходимо указать CVC2/CVV2, поскольку у мерчанта нет разрешения проводить платёж без CVC",
    "CVC2/CVV2 is needed: the merchant has no permission to pay without it",
)
CLIENT_ID_EMPTY: Final = ErrorCode(1, "[clientId] не задан", "[clientId] is empty")
CARD_SELECTOR_EMPTY: Final = ErrorCode(
    1, "Не заполнены pan и bindingId", "Neither pan nor bindingId is given"
)
NO_BINDINGS: Final = ErrorCode(2, "Информация не найдена", "No bindings")
BINDING_UNKNOWN: Final = ErrorCode(2, "Связка не найдена", "Binding not found")
BINDING_INACTIVE: Final = ErrorCode(2, "Связка неактивна", "Binging isn't active")
BINDING_ACTIVE: Final = ErrorCode(2, "Связка уже создана", "Binging is active")
CURRENCY_UNKNOWN: Final = ErrorCode(3, "Неизвестная валюта", "Unknown currency.")
NUMBER_EMPTY: Final = ErrorCode(4, "Номер заказа не может быть пуст", "Order number is empty")
RECEIPT_SELECTOR_MISSING: Final = ErrorCode(
    4,
    "Ожидается [orderId], [orderNumber] или [uuid]",
    "Expected [orderId], [orderNumber] or [uuid]",
)
LOGIN_EMPTY: Final = ErrorCode(
    4, "Имя мерчанта не может быть пустым", "Merchant name cannot be empty."
)
AMOUNT_MISSING: Final = ErrorCode(4, "Отсутствует сумма", "The amount is missing.")
RETURN_URL_EMPTY: Final = ErrorCode(4, "URL возврата не может быть пуст", "Empty return URL")
RETURN_URL_INVALID: Final = ErrorCode(4, "Неверный URL возврата", "The return URL is invalid")
PASSWORD_EMPTY: Final = ErrorCode(4, "Пароль не может быть пуст", "Password cannot be empty.")
PARAMETER_MISSING: Final = ErrorCode(4, "[{name}] не задан", "[{name}] is empty")
MERCHANT_LOGIN_UNKNOWN: Final = ErrorCode(5, "Логин продавца неверен", "Merchant login is invalid")
AMOUNT_INVALID: Final = ErrorCode(5, "Неверная сумма", "Amount is invalid")
# The live text, which is English whatever the language of the request.
CREDENTIALS_MISSING: Final = ErrorCode(
    5,
    "[userName] or [password] or [token] is empty",
    "[userName] or [password] or [token] is empty",
)
LANGUAGE_INVALID: Final = ErrorCode(5, "Неправильный параметр 'Язык'", "Invalid merchant language")
ACCESS_DENIED: Final = ErrorCode(5, "Доступ запрещён", "Access denied.")
PASSWORD_CHANGE: Final = ErrorCode(
    5, "Пользователь должен сменить свой пароль", "The user must change the password."
)
USER_BLOCKED: Final = ErrorCode(5, "Пользователь отключён", "The user is disabled")
PARAMETER_INVALID: Final = ErrorCode(5, "[{name}] неверен", "[{name}] is invalid.")
PARAMETER_VALUE_INVALID: Final = ErrorCode(
    5,
    "Неверно указано значение одного из параметров",
    "The value of one of the parameters is wrong",
)
JSON_PARAMS_INVALID: Final = ErrorCode(5, "[jsonParams] неверен", "[jsonParams] is invalid.")
PARAMETER_EMPTY: Final = ErrorCode(5, "[{name}] не задан", "[{name}] is empty")
STATUS_ORDER_ID_EMPTY: Final = ErrorCode(5, "[orderId] не указан", "[orderId] is empty")
FIELD_MISSING: Final = ErrorCode(
    5, "Не заполнено одно из обязательных полей", "One of the mandatory fields is empty"
)
STATES_INVALID: Final = ErrorCode(
    5,
    "Неверный формат параметра transactionStates",
    "Wrong format of the parameter transactionStates",
)
PAN_EMPTY: Final = ErrorCode(5, "Номер карты не задан", "The card number is empty")
REVERSED_TWICE: Final = ErrorCode(
    5,
    "Нельзя провести частичную отмену более одного раза",
    "A partial reversal cannot be made more than once",
)
SESSION_OVER: Final = ErrorCode(5, "Срок жизни заказа истек", "The order's lifetime is over")
STATUS_INVALID: Final = ErrorCode(5, "Неверный статус заказа", "Wrong order status")
ATTEMPTS_USED: Final = ErrorCode(
    5,
    "Превышено допустимое количество попыток оплаты",
    "The allowed number of payment attempts is exceeded",
)
LINKS_EXHAUSTED: Final = ErrorCode(
    5,
    "Ссылку этого заказа отправляли слишком часто: повторите после {until} по Москве или покажите "
    "QR-код",
    "The link of this order was sent too often: repeat after {until} Moscow time, or show the QR "
    "code",
)
SHOP_LINKS_EXHAUSTED: Final = ErrorCode(
    5,
    "Магазин отправил слишком много ссылок за час: повторите после {until} по Москве или покажите "
    "QR-код",
    "The shop has sent too many links within an hour: repeat after {until} Moscow time, or show "
    "the QR code",
)
LINKS_USED_UP: Final = ErrorCode(
    5,
    "Ссылку этого заказа больше отправить нельзя: покажите QR-код или зарегистрируйте заказ снова",
    "The link of this order cannot be sent any more: show the QR code, or register the order again",
)
CREDIT_UNAVAILABLE: Final = ErrorCode(
    5,
    "Кредиты недоступны: к шлюзу не подключена кредитная система банка",
    "Credits are not available: no bank's credit system is connected to the gateway",
)
CHANNEL_UNAVAILABLE: Final = ErrorCode(
    5,
    "[{name}]: у шлюза нет сервиса, который отправляет такие сообщения; покажите QR-код",
    "[{name}]: this gateway has no service that sends such messages; show the QR code",
)
ORDER_UNKNOWN: Final = ErrorCode(6, "Неверный номер заказа", "Wrong order number")
ORDER_UNREGISTERED: Final = ErrorCode(6, "Неверный номер заказа", "Unregistered order id")
ORDER_NOT_FOUND: Final = ErrorCode(6, "Заказ не найден", "Order not found")
SYSTEM_ERROR: Final = ErrorCode(7, "Системная ошибка", "System error.")
WRONG_STATE: Final = ErrorCode(
    7, "Платёж должен быть в корректном состоянии", "Payment must be in the correct state"
)
IMPOSSIBLE_STATE: Final = ErrorCode(
    7,
    "Операция невозможна для текущего состояния платежа",
    "Operation is impossible for current transaction state",
)
LINK_OVER: Final = ErrorCode(
    7,
    "По ссылке этого заказа нельзя заплатить: он оплачен, отменён, или время оплаты вышло",
    "The link of this order takes no payment: the order is paid, cancelled or expired",
)
DEPOSIT_TOO_SMALL: Final = ErrorCode(
    7,
    "Неверная сумма депозита (менее одного рубля)",
    "Wrong deposit amount (less than one rouble)",
)
REFUND_ABOVE_DEPOSIT: Final = ErrorCode(
    7, "Сумма возврата превышает сумму списания", "Refund amount exceeds deposited amount"
)
DECLINED: Final = ErrorCode(
    7, "Ошибка при проведении операции: банк отказал", "The bank declined the operation"
)
PAYOUT_UNKNOWN: Final = ErrorCode(
    7,
    "Банк ещё не ответил. Не повторяйте выплату: узнайте её статус по номеру заказа",
    "The bank has not answered yet. Do not repeat the payout: ask for the status of its order",
)
CART_FORMAT: Final = ErrorCode(8, "Неверный формат Корзины.", "Invalid cart format")
CART_MANDATORY: Final = ErrorCode(
    8, "Отсутствие обязательного параметра Корзины.", "Mandatory cart parameter is missing"
)
CART_CURRENCY: Final = ErrorCode(
    8,
    "Валюта в Корзине не совпадает с валютой заказа.",
    "Cart currency differs from the order currency",
)
CART_SUM: Final = ErrorCode(
    8,
    "Сумма товарных позиций в Корзине не совпадает с общей суммой заказа.",
    "Sum of cart items differs from the order amount",
)
CART_QUANTITY: Final = ErrorCode(
    8,
    "Слишком большое либо слишком маленькое значение quantity.",
    "Quantity is too large or too small",
)
POSITION_UNKNOWN: Final = ErrorCode(5, "Позиция не найдена", "Position not found")
SIZE_TOO_LARGE: Final = ErrorCode(
    10,
    "Значение параметра size превышает максимально допустимое",
    "The value of the parameter size is above the allowed maximum",
)
MERCHANT_NOT_VISIBLE: Final = ErrorCode(
    10,
    "Недостаточно прав для просмотра транзакций указанного мерчанта",
    "Not enough rights to see the transactions of this merchant",
)
VERIFY_FORBIDDEN: Final = ErrorCode(
    13,
    "Мерчант не имеет привилегии выполнять проверочные платежи",
    "The merchant does not have the permission to process verification payments.",
)
AUTO_FORBIDDEN: Final = ErrorCode(
    13,
    "Мерчант не имеет привилегии выполнять AUTO платежи",
    "Merchant has no privilege to perform AUTO payments",
)
FEATURES_CONFLICT: Final = ErrorCode(
    13,
    "Использование обоих значений Features FORCETDS/FORCESSL и AUTO_PAYMENT недопустимо",
    "Both FORCE_TDS/FORCE_SSL and AUTO_PAYMENT features are not allowed",
)
FEATURES_INVALID: Final = ErrorCode(
    14, "Features указаны некорректно", "Features are specified incorrectly."
)
