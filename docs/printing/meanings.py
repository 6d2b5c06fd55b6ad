"""The words that no table of the gateway holds: what a setting is for, what a permission opens.

It exists so that these words stand in one place; a new setting without words stops the printing.
"""

from collections.abc import Mapping
from typing import Final

from altyn.domain.callback import CallbackOperation
from altyn.domain.merchant import Permission
from altyn.protocol.table import Envelope

ENVELOPES: Final[Mapping[Envelope, str]] = {
    Envelope.PLAIN: (
        'HTTP 200 and JSON, errors included. `errorCode` is a string, `"0"` when all went well; '
        "`errorMessage` is its text."
    ),
    Envelope.REGISTRATION: (
        "HTTP 200 and JSON. A registered order is answered **without** `errorCode`; a refused one "
        "with `errorCode` (a string) and `errorMessage`, and without the members below."
    ),
    Envelope.CAPITALS: (
        "HTTP 200 and JSON, with the old form's irregular capitals: `ErrorCode` (a string) and "
        "`ErrorMessage`."
    ),
    Envelope.PAYMENT: (
        "HTTP 200 and JSON. `errorCode` is a **number** here; a refusal also says `error`. "
        "`errorCode` 0 means that the request was carried out, not that the bank said yes: ask "
        "for the order's status."
    ),
}

_PAYMENT: Final = (
    ("redirect", "Where the payer's browser goes next."),
    ("info", "A sentence for the payer."),
    ("error", "The try failed: the payer's words for it; `errorMessage` repeats them."),
    ("actionCode", "The try failed: the action code."),
    ("attemptsLeft", "The try failed: how many the payer still has."),
    ("waiting", "The bank has not answered yet: ask for the status in a moment."),
    ("acsUrl", "3-D Secure: where the browser posts to."),
    ("paReq", "3-D Secure 1: what it posts, with `termUrl` and the order's id as `MD`."),
    ("termUrl", "3-D Secure 1: where the ACS sends the browser back."),
    ("is3DSVer2", "3-D Secure 2 is under way; `false` in a refusal."),
    ("threeDSServerTransId", "3-D Secure 2: repeat the call with it after the method step."),
    ("threeDSMethodURL", "3-D Secure 2: the page of the method step."),
    ("packedCReq", "3-D Secure 2: what the browser posts to `acsUrl` as `creq`."),
)

ANSWERS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "register": (
        ("orderId", "The order's number in the gateway: a UUID of 36 characters."),
        ("formUrl", "The payment page; send the payer's browser there."),
    ),
    "registerPreAuth": (
        ("orderId", "The order's number in the gateway: a UUID of 36 characters."),
        ("formUrl", "The payment page; send the payer's browser there."),
    ),
    "getLastOrdersForMerchants": (
        ("orderStatuses", "A list; each is the answer of getOrderStatusExtended.do."),
        ("totalCount", "How many orders there are on all pages."),
        ("page", "The page that was asked for."),
        ("pageSize", "Orders per page."),
    ),
    "verifyEnrollment": (
        ("isEnrolled", "`Y` takes part in 3-D Secure, `N` does not, `U` unknown."),
        ("emitterName", "The issuing bank."),
        ("emitterCountryCode", "Its country, two letters."),
    ),
    "paymentOrder": _PAYMENT,
    "processform": _PAYMENT,
    "finish3dsPayment": _PAYMENT,
    "finish3dsVer2Payment": _PAYMENT,
}

PERMISSIONS: Final[Mapping[Permission, str]] = {
    Permission.ONE_PHASE: "Payments in one stage. Without it they end with action code 2006.",
    Permission.TWO_PHASE: "registerPreAuth.do: hold first, deposit later.",
    Permission.AUTO_COMPLETION: "`autocompletionDate`: deposit by itself.",
    Permission.AUTO_REVERSE: "`autoReverseDate`: let the hold go by itself.",
    Permission.PARTIAL_DEPOSIT: "Deposit less than the hold.",
    Permission.REVERSAL: "reverse.do.",
    Permission.PARTIAL_REVERSAL: "Reverse less than everything, once.",
    Permission.REFUND: "refund.do.",
    Permission.SSL_ALLOWED: "Payments without 3-D Secure. Without it they end with 2003.",
    Permission.SSL_WITHOUT_CVC: "Such payments without a CVC too. Without it they end with 2004.",
    Permission.THREE_DS: "3-D Secure: every card is asked about at the directory server.",
    Permission.VERIFY: "`features=VERIFY`: check a card, move no money.",
    Permission.AUTO_PAYMENT: "`features=AUTO_PAYMENT` may be sent.",
    Permission.CARD_FROM_SHOP: "The shop sends cards itself (PCI DSS): paymentOrder.do and others.",
    Permission.ORDER_NUMBER_GENERATION: "`orderNumber` may be left out: the gateway makes one.",
    Permission.CUSTOM_SESSION: (
        "`sessionTimeoutSecs` and `expirationDate` count. Without it they are not looked at."
    ),
    Permission.DYNAMIC_CALLBACK: (
        "`dynamicCallbackUrl` counts, where `callbacks.mode` is `dynamic`."
    ),
    Permission.BINDINGS: "Stored cards (they come later).",
    Permission.RECURRENT: "Recurring charges (they come later).",
    Permission.SEND_ECI_CAVV: "ECI, CAVV and XID are shown in the status.",
    Permission.OPERATIONS_IN_STATUS: "The list `operations` is shown in the status.",
    Permission.ORIGINAL_ACTION_CODE: "`originalActionCode` is shown in the status.",
    Permission.SEE_OTHER_MERCHANTS: "Orders of child merchants in getLastOrdersForMerchants.do.",
    Permission.FEE: "`feeInput` counts.",
    Permission.AVS_REQUIRED: "Demands the billing address and postal code with every order.",
    Permission.THREE_DS_REQUIRED: "Demands 3-D Secure: a card that is not enrolled ends with 2005.",
}

MERCHANT_SETTINGS: Final[Mapping[str, str]] = {
    "permissions": "What the provider has opened; see below.",
    "default_language": "Language of texts and pages where a request names none.",
    "default_currency": "Currency of an order that names none.",
    "currencies": "Currencies that orders may name, ISO 4217 numeric.",
    "session_timeout_seconds": "How long an order waits for its payer.",
    "payment_attempts": "How often a payer may try.",
    "hold_days": "How long a hold lives before it is let go.",
    "status_version": "Response version of getOrderStatusExtended.do.",
    "tds_version": "The 3-D Secure that cards are asked about.",
    "amount_min_minor": "Smallest sum of an order, minor units.",
    "amount_max_minor": "Largest sum of an order, minor units.",
    "ip_allow_list": "Where the shop's servers may call from.",
    "show_final_page": "The payer ends at the gateway's own result page, not at the shop.",
    "terminal": "The terminal that the bank knows the shop by.",
    "mcc": "Merchant category code.",
    "callbacks.enabled": "Whether anything is told.",
    "callbacks.urls": "Where callbacks go: each goes to all of them.",
    "callbacks.mode": "Whether an order may name its own address.",
    "callbacks.method": "In the query (`GET`), as a form (`POST`), or as an object (`JSON`).",
    "callbacks.operations": "Which changes are told.",
    "callbacks.parameters": (
        "What is told besides, `amount` or `paymentWay`; an order's own additional parameters too."
    ),
    "callbacks.headers": "Headers added to every callback. Their values are never printed.",
    "callbacks.checksum": "How a callback proves that it is ours.",
    "callbacks.key": "The secret of the symmetric checksum. It is never printed.",
    "callbacks.attempts": "How often a callback is tried until it is given up.",
    "callbacks.interval_seconds": "The pause after a try that failed.",
    "callbacks.growing": "The pause grows: that many times as long as there were failures.",
    "callbacks.timeout_seconds": "How long a try may take.",
}

GATEWAY_SETTINGS: Final[Mapping[str, str]] = {
    "ALTYN_MODE": "The sandbox pretends the outside world; production never does.",
    "ALTYN_HOST": "Address to listen on.",
    "ALTYN_PORT": "Port to listen on; 0 takes a free one.",
    "ALTYN_WORKERS": "Processes that serve.",
    "ALTYN_HOME": "Data folder: embedded PostgreSQL, the sandbox's keys, page templates.",
    "ALTYN_DATABASE_URL": "A PostgreSQL of your own, `postgresql://…`; else an embedded one.",
    "ALTYN_POSTGRES_BIN": "Folder with `postgres` and `initdb`, for the embedded one.",
    "ALTYN_POOL_SIZE": "Database connections of each process.",
    "ALTYN_KEY_FILE": "The keys of the card vault; else `keys.json` in the data folder.",
    "ALTYN_PUBLIC_URL": "The address payers and shops use, for links; else the request's own.",
    "ALTYN_TLS_TERMINATED": "Your word that TLS 1.2 or newer ends in front of Altyn.",
    "ALTYN_TRUSTED_PROXIES": "Proxies whose `X-Forwarded-For` is believed, commas between them.",
    "ALTYN_ACQUIRER_URL": "The acquirer's connector; the sandbox pretends a bank without it.",
    "ALTYN_ACQUIRER_KEY": "What Altyn is known by at the connector, sent as a bearer token.",
    "ALTYN_ACQUIRER_TIMEOUT": "How long the bank may take to answer.",
    "ALTYN_CALLBACK_PORTS": "Ports that callbacks may go to in production; any in the sandbox.",
    "ALTYN_CALLBACK_DAYS": "How long callbacks are kept, with every try, once they are settled.",
    "ALTYN_BODY_MAX": "Largest request body.",
    "ALTYN_CONCURRENCY_MAX": "Requests at once in a process; above it the answer is HTTP 429.",
    "ALTYN_LOG_LEVEL": "How much is logged.",
    "ALTYN_LOG_FORMAT": "`auto` is for people at a terminal, JSON elsewhere.",
}

GATEWAY_UNITS: Final[Mapping[str, str]] = {
    "ALTYN_ACQUIRER_TIMEOUT": "seconds",
    "ALTYN_BODY_MAX": "bytes",
    "ALTYN_CALLBACK_DAYS": "days",
    "ALTYN_POOL_SIZE": "connections",
    "ALTYN_WORKERS": "processes",
    "ALTYN_CONCURRENCY_MAX": "requests",
}

# When it is told, and what its status 1 and 0 say (callbacks.md §4).
NOTIFICATIONS: Final[Mapping[CallbackOperation, tuple[str, str, str]]] = {
    CallbackOperation.APPROVED: (
        "A two-stage order was paid, or failed for good.",
        "the sum is held",
        "the last try was refused",
    ),
    CallbackOperation.DEPOSITED: (
        "A one-stage order was paid, or failed for good; a hold was completed.",
        "the money is taken",
        "the last try, or the completion, was refused",
    ),
    CallbackOperation.REVERSED: (
        "A payment was reversed, in whole or in part; also by the end of a hold, and after VERIFY.",
        "reversed",
        "refused",
    ),
    CallbackOperation.REFUNDED: ("Each refund.", "refunded", "refused"),
    CallbackOperation.DECLINED_BY_TIMEOUT: (
        "The session ended, and nobody had paid.",
        "",
        "always",
    ),
    CallbackOperation.DECLINED_CARD_PRESENT: (
        "A card in the shop's terminal was refused. Altyn takes no such payments yet.",
        "",
        "always",
    ),
    CallbackOperation.BINDING_CREATED: ("A card was stored. Stored cards come later.", "", ""),
    CallbackOperation.BINDING_ACTIVITY_CHANGED: (
        "A stored card was switched on or off; see `enabled`. Stored cards come later.",
        "",
        "",
    ),
}

FEATURES_LATER: Final = (
    "Stored cards and payment in parts come later. Until then `FORCE_CREATE_BINDING` and `BNPL` "
    "are accepted and change nothing, and `AUTO_PAYMENT` is only checked."
)
