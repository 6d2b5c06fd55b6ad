"""Explanations that no table of the gateway has: settings, permissions, members of answers.

A setting or permission without an explanation here stops the printing.
"""

from collections.abc import Mapping
from typing import Final

from altyn.domain.callback import CallbackOperation
from altyn.domain.merchant import Permission
from altyn.protocol.dialects.classic.envelopes import (
    BINDING_LIST,
    CAPITALS,
    CLOSING,
    INSTALMENT,
    ORDER_LIST,
    PAYMENT,
    PLAIN,
    RECURRENT,
    REGISTRATION,
    STATUS,
)
from altyn.protocol.presentation import Envelope
from docs.printing.payment_answers import PAYMENT_ANSWERS

ENVELOPES: Final[Mapping[Envelope, str]] = {
    PLAIN: (
        'HTTP 200 and JSON, errors included. `errorCode` is a string, `"0"` on success; '
        "`errorMessage` is its text."
    ),
    STATUS: (
        'HTTP 200 and JSON, errors included. `errorCode` is a string, `"0"` for an order that was '
        "found; `errorMessage` is its text. An unknown order (code 6) is answered with empty "
        "`merchantOrderParams` and `attributes`."
    ),
    ORDER_LIST: (
        'HTTP 200 and JSON, errors included. `errorCode` is a string, `"0"` on success; '
        "`errorMessage` is its text. A refusal also has an empty page: `orderStatuses` without "
        "orders, and 0 in `totalCount`, `page` and `pageSize`."
    ),
    BINDING_LIST: (
        'HTTP 200 and JSON, errors included. `errorCode` is a string, `"0"` on success; '
        "`errorMessage` is its text. A refusal, also that no card is found (code 2), has an empty "
        "`bindings`."
    ),
    CLOSING: (
        "HTTP 200 and JSON, errors included. `success` is true or false; `errorCode` is a string, "
        '`"0"` on success; `errorMessage` is its text.'
    ),
    RECURRENT: (
        "HTTP 200 and JSON. `success` is true when an order was registered, also a declined one. A "
        "refusal has `error` (`code`, `description`, `message`), `errorCode` and `errorMessage`."
    ),
    INSTALMENT: (
        "HTTP 200 and JSON. `errorCode` is a number, 0 when an order was registered, also a "
        "declined one; `errorMessage` is its text. `error` is true in a refusal, which has only "
        "these three."
    ),
    REGISTRATION: (
        "HTTP 200 and JSON. A registered order is answered **without** `errorCode`; a refused one "
        "with `errorCode` (a string) and `errorMessage`, and without the members below."
    ),
    CAPITALS: (
        "HTTP 200 and JSON, with the irregular capitals of the old form: `ErrorCode` (a string) "
        "and `ErrorMessage`."
    ),
    PAYMENT: (
        "HTTP 200 and JSON. `errorCode` is a **number** here; a refusal also says `error`. "
        "`errorCode` 0 means that the request was carried out, not that the bank approved: ask "
        "for the order's status."
    ),
}

_REGISTERED: Final = (
    ("orderId", "The order's number in the gateway: a UUID of 36 characters."),
    ("formUrl", "The payment page; send the payer's browser there."),
    (
        "externalParams",
        "With `back2app` or `app2app`, an object; its values are texts. The rows below are in it.",
    ),
    ("sbolBankInvoiceId", "The bank's number of the order's invoice."),
    (
        "sbolDeepLink",
        "With `app2app`: opens the bank's app. Left out if the invoice did not reach the bank.",
    ),
    (
        "sbolInactive",
        (
            "`true`: the bank's app is under maintenance or does not answer, so offer another way. "
            "With permission `sbol_inactive_in_response`."
        ),
    ),
)

_CREDIT: Final = (
    ("orderId", "The order's number in the gateway: a UUID of 36 characters."),
    ("formUrl", "The application for the credit; send the payer's browser there."),
)

ANSWERS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "register": _REGISTERED,
    "registerPreAuth": _REGISTERED,
    "getPaymentLink": (
        ("orderId", "The order's number in the gateway."),
        ("orderNumber", "The shop's own number."),
        ("formUrl", "The payment link: the same address as in the answer of register.do."),
        ("qrSvg", "The link as a QR code in SVG; `?size=` is its side, 100 to 2000 pixels."),
        ("qrPng", "The same as PNG, for a receipt printer; at most `size` pixels wide."),
        ("expirationDate", "The end of the session, milliseconds since 1970, UTC."),
        ("messagesLeft", "How many messages with the link may be sent now."),
    ),
    "recurrentPayment": (
        ("success", "Whether an order was registered."),
        ("data", "An object with `orderId`, the order's number in the gateway."),
        ("orderStatus", "The order as getOrderStatusExtended.do shows it: paid or declined."),
    ),
    "installmentPayment": (
        ("orderId", "The order's number in the gateway."),
        ("orderStatus", "The order as getOrderStatusExtended.do shows it: paid or declined."),
        ("error", "false."),
    ),
    "creditRegister": _CREDIT,
    "creditRegisterPreAuth": _CREDIT,
    "getReceiptStatus": (
        ("orderNumber", "The shop's number of the order."),
        ("orderId", "The order's number in the gateway."),
        ("ecr_registration_number", "The cash register, once a receipt is delivered."),
        ("receipt", "A list, oldest first; the members of each receipt follow."),
        (
            "receiptStatus",
            (
                "0 sent, 1 delivered, 2 failed; 3, 4, 5 the same for money that goes back, "
                "6, 7, 8 for corrections."
            ),
        ),
        ("uuid", "The receipt's id."),
        ("receiptType", "`close` for a closing receipt, else null (version 3 and up)."),
        ("amount_total", "The sum in roubles, a string such as `100.00`."),
        (
            (
                "shift_number, fiscal_receipt_number, receipt_datetime, fn_number, "
                "ecr_registration_number, fiscal_document_number, fiscal_document_attribute, "
                "serial_number, fnsSite, ofd_receipt_url, OFD"
            ),
            (
                "What the cash register and its operator say, once the receipt is delivered; "
                "`original_ofd_uuid` from version 2."
            ),
        ),
        ("ofdReceiptParams", "VAT inside the sum, and the FFD version (version 4 and up)."),
        (
            "ofdOrderBundle",
            "The lines; of a payment those that were not refunded (version 5 and up).",
        ),
    ),
    "getLastOrdersForMerchants": (
        ("orderStatuses", "A list; each is the answer of getOrderStatusExtended.do."),
        ("totalCount", "How many orders there are on all pages."),
        ("page", "The requested page."),
        ("pageSize", "Orders per page."),
    ),
    "verifyEnrollment": (
        ("enrolled", "`Y`: the card takes part in 3-D Secure; `N`: it does not; `U`: unknown."),
        ("isEnrolled", "The same."),
        ("emitterName", "The issuing bank."),
        ("emitterCountryCode", "Its country, two letters."),
    ),
    **PAYMENT_ANSWERS,
}

PERMISSIONS: Final[Mapping[Permission, str]] = {
    Permission.ONE_PHASE: "Payments in one stage. Without it they end with action code 2006.",
    Permission.TWO_PHASE: "registerPreAuth.do: hold first, deposit later.",
    Permission.AUTO_COMPLETION: "`autocompletionDate`: an automatic deposit.",
    Permission.AUTO_REVERSE: "`autoReverseDate`: an automatic release of the hold.",
    Permission.PARTIAL_DEPOSIT: "Deposit less than the hold.",
    Permission.REVERSAL: "reverse.do.",
    Permission.PARTIAL_REVERSAL: "Reverse a part of the amount, once.",
    Permission.REFUND: "refund.do.",
    Permission.SSL_ALLOWED: "Payments without 3-D Secure. Without it they end with 2003.",
    Permission.SSL_WITHOUT_CVC: (
        "Payments without 3-D Secure and without a CVC. Without it they end with 2004."
    ),
    Permission.THREE_DS: "3-D Secure: the directory server is asked about every card.",
    Permission.VERIFY: "`features=VERIFY`: check a card without moving money.",
    Permission.AUTO_PAYMENT: "`features=AUTO_PAYMENT` may be sent.",
    Permission.CARD_FROM_SHOP: "The shop sends cards itself (PCI DSS): paymentOrder.do and others.",
    Permission.INSTANT_PAYMENT: "instantPayment.do: register and pay in one call.",
    Permission.INSTANT_REFUND: "instantRefund.do: pay a sum to a card without a payment.",
    Permission.VERIFY_CARD: "verifyCard.do: check a card in one call.",
    Permission.EXTERNAL_MPI: "paymentOrder.do with `eci`, `cavv`, `xid` of the shop's own MPI.",
    Permission.MOTO: "motoPayment.do: cards given by mail or telephone.",
    Permission.ORDER_NUMBER_GENERATION: "`orderNumber` may be left out: the gateway makes one.",
    Permission.CUSTOM_SESSION: (
        "`sessionTimeoutSecs` and `expirationDate` are used. Without it they are ignored."
    ),
    Permission.DYNAMIC_CALLBACK: (
        "An order's `dynamicCallbackUrl` is used for callbacks about its payments."
    ),
    Permission.BINDINGS: "Stored cards: list, disable, enable, extend them.",
    Permission.BINDING_WITHOUT_CVC: "Pay with a stored card without its CVC.",
    Permission.BINDINGS_BY_CARD: "getBindingsByCardOrId.do by a card number.",
    Permission.CREATE_BINDING: "createBindingNoPayment.do: store a card without a payment.",
    Permission.RECURRENT: "Recurring payments and instalments: recurrentPayment.do, "
    "installmentPayment.do, and the terms in a registration.",
    Permission.SEND_ECI_CAVV: "ECI, CAVV and XID are shown in the status.",
    Permission.OPERATIONS_IN_STATUS: "The list `operations` is shown in the status.",
    Permission.ORIGINAL_ACTION_CODE: "`originalActionCode` is shown in the status.",
    Permission.SEE_OTHER_MERCHANTS: (
        "Child merchants in getLastOrdersForMerchants.do and in the personal account."
    ),
    Permission.FEE: "`feeInput` is used.",
    Permission.RAW_REFUND: "processRawSumRefund.do and processRawPositionRefund.do.",
    Permission.ELECTRONIC_CERTIFICATE: "externalReceipt.do.",
    Permission.SBERPAY: "SberPay: payments that are confirmed in the bank's app.",
    Permission.APP2APP: "`app2app`: the shop's own app opens the bank's app.",
    Permission.BACK2APP: "`back2app`: a registration sends a push to the payer's phone.",
    Permission.SBOL_INACTIVE: "`sbolInactive` in the answer of a registration for the app.",
    Permission.BNPL: "Payment in parts.",
    Permission.CREDIT: "Purchases on credit: the methods below `/sbercredit/`.",
    Permission.AVS_REQUIRED: "Demands the billing address and postal code with every order.",
    Permission.THREE_DS_REQUIRED: "Demands 3-D Secure: a card that is not enrolled ends with 2005.",
}

MERCHANT_SETTINGS: Final[Mapping[str, str]] = {
    "permissions": "The permissions of the merchant; see below.",
    "dialects": "The dialects that the merchant's requests may use.",
    "default_language": "Language of texts and pages if a request has none.",
    "default_currency": "Currency of an order without `currency`.",
    "currencies": "Currencies that orders may have, ISO 4217 numeric.",
    "session_timeout_seconds": "How long an order can be paid.",
    "payment_attempts": "How many attempts a payer has.",
    "hold_days": "How long a hold lasts before it is released.",
    "status_version": "Response version of getOrderStatusExtended.do.",
    "tds_version": "The version of 3-D Secure.",
    "amount_min_minor": "Smallest amount of an order, minor units.",
    "amount_max_minor": "Largest amount of an order, minor units.",
    "ip_allow_list": "Addresses from which the shop's servers may call.",
    "show_final_page": "After the payment the payer sees the gateway's result page and is not "
    "returned to the shop.",
    "return_query_before_fragment": "Where `orderId` and `lang` are added to a return address with "
    "a fragment: before it, or behind it, where shops with hash routes read them.",
    "page_names": "The shop's name on pages in these languages; in others it is the merchant's "
    "name.",
    "page_logo": "The shop's logo on the payment page. The server of an https address sees the "
    "addresses of payers.",
    "page_holder": "Whether the payment page asks for the name on the card.",
    "page_frame_origins": "Sites that may show the payment page in a frame. Without one it cannot "
    "be framed.",
    "payer_email_notify": "The payer gets an e-mail when an order is paid or its sum is held. Then "
    "`email` is mandatory; `features=SKIP_PAYER_EMAIL_NOTIFY` suppresses it for one order.",
    "terminal": "The terminal of the merchant at the bank.",
    "mcc": "Merchant category code.",
    "allowed_payment_ways": (
        "The ways to pay that the payers of the shop may choose; without CARD no card is taken."
    ),
    "cart_faults_in_answer": (
        "An answer over REST that refuses a cart has the member `cartFaults` with every fault."
    ),
    "callbacks.enabled": "Whether callbacks are sent.",
    "callbacks.urls": "Addresses of callbacks: each callback goes to all of them.",
    "callbacks.method": "In the query (`GET`), as a form (`POST`), or as an object (`JSON`).",
    "callbacks.operations": "Which changes are sent.",
    "callbacks.parameters": (
        "Optional parameters, such as `amount` or `paymentWay`, and additional parameters of "
        "orders."
    ),
    "callbacks.payer_parameters": (
        "Additional parameters that a payer may send in `jsonParams` of the payment page. The shop "
        "must not trust their values. All other names that a payer sends are never signed."
    ),
    "callbacks.headers": "Headers added to every callback. Their values are never printed.",
    "callbacks.checksum": "How callbacks are signed.",
    "callbacks.key": "The secret of the symmetric checksum. It is never printed.",
    "callbacks.attempts": "How many times a callback is sent until it is dead.",
    "callbacks.interval_seconds": "The pause after a failed delivery.",
    "callbacks.growing": "The pause is multiplied by the number of failures.",
    "callbacks.timeout_seconds": "How long a delivery may take.",
    "fiscal.provider": "Who registers the receipts. `none`: there are no receipts.",
    "fiscal.ffd": "Version of the format of fiscal documents (FFD).",
    "fiscal.inn": "The shop's taxpayer number (INN), shown on receipts.",
    "fiscal.group": "The shop's group of cash registers at the provider.",
    "fiscal.login": "The shop's login at the provider.",
    "fiscal.password": "The shop's password at the provider.",
    "fiscal.payment_address": "Place of settlement on receipts: the address of the shop's site.",
    "fiscal.company_email": "Sender of receipts that go to the payer by e-mail.",
    "fiscal.tax_system": "Taxation system of an order without `taxSystem`.",
    "fiscal.tax_type": "VAT rate of a position that names none.",
    "fiscal.payment_method": "Method of payment of the default line.",
    "fiscal.payment_object": "Object of payment of the default line.",
    "fiscal.product_name": "Name of the default line.",
    "fiscal.default_line": "An order without a cart gets a receipt with the default line.",
    "fiscal.answer_version": "Version of the answer of getReceiptStatus.do.",
    "fiscal.mail": "The payer gets each registered receipt by e-mail.",
    "sberpay.amount_min_minor": "The smallest sum that SberPay takes, in minor units.",
    "sberpay.amount_max_minor": "The largest sum that SberPay takes, in minor units.",
    "sberpay.inactive": "The bank's app is under maintenance: SberPay is not offered, and "
    '`sbolInactive` is "true".',
    "bnpl.only": "The shop takes nothing but payments in parts.",
    "bnpl.amount_min_minor": "The smallest sum that can be paid in parts, in minor units.",
    "credit.product_ids": "The products agreed with the bank; empty: any `productID`.",
    "credit.amount_min_minor": "The smallest purchase on credit, in minor units.",
    "credit.amount_max_minor": "The largest purchase on credit, in minor units.",
    "links.order_per_hour": "So many messages with its payment link, SMS and mails together, an "
    "order may get within an hour; never more than 20 in all.",
    "links.shop_per_hour": "So many messages with payment links the shop may send within an hour, "
    "for all its orders together.",
    "bnpl.amount_max_minor": "The largest sum that can be paid in parts, in minor units.",
    "limits.card_attempts_day": "How many attempts with one card may stay unpaid in 24 hours; the "
    "next is refused with action code -2002. See [card testing](../how-to/card-testing.md).",
    "limits.address_attempts_hour": "How many attempts from one address of payers may stay unpaid "
    "in an hour; the next is refused with -2001.",
    "limits.refusals_count": "From how many refused attempts in 10 minutes on the share of "
    "refusals counts.",
    "limits.refusals_percent": "The share of refusals, of the attempts refused and paid in 10 "
    "minutes, from which on card payments are refused with 999.",
    "fiscal.simulated_fault": "How the simulated cash register misbehaves: it refuses receipts, "
    "leaves calls unanswered, or is slow for hours.",
    "fiscal.strict_payer_identity": (
        "A cart that names the payer has to identify the payer: by INN, or by birth date, kind and "
        "number of a document. See [why a cart is refused](cart-refusals.md)."
    ),
}

GATEWAY_SETTINGS: Final[Mapping[str, str]] = {
    "ALTYN_MODE": "The sandbox simulates the bank and 3-D Secure; production simulates nothing.",
    "ALTYN_HOST": "Address to listen on.",
    "ALTYN_PORT": "Port to listen on; 0 takes a free one.",
    "ALTYN_WORKERS": "Number of server processes.",
    "ALTYN_HOME": "Data folder: embedded PostgreSQL, the sandbox's keys, page templates.",
    "ALTYN_DATABASE_URL": "Your own PostgreSQL, `postgresql://…`; otherwise the embedded one.",
    "ALTYN_POSTGRES_BIN": "Folder with `postgres` and `initdb`, for the embedded PostgreSQL.",
    "ALTYN_POOL_SIZE": "Database connections of each process.",
    "ALTYN_DATABASE_TIMEOUT": "How long a request waits for a database connection, and for a "
    "statement; during an outage it is answered as busy at once.",
    "ALTYN_KEY_FILE": "The keys of the card vault; otherwise `keys.json` in the data folder.",
    "ALTYN_KEY_ENCRYPTION_KEY": (
        "The key that wraps the key file, made by `openssl rand -base64 32`. One of this, the next "
        "and `ALTYN_TRANSIT_URL`; without them the key file has its keys plain."
    ),
    "ALTYN_KEY_ENCRYPTION_KEY_FILE": (
        "A file with that key, which no other user may open. Keep it apart from the key file."
    ),
    "ALTYN_TRANSIT_URL": (
        "Address of HashiCorp Vault, whose transit engine wraps the key file. It is asked at the "
        "start, not during payments."
    ),
    "ALTYN_TRANSIT_KEY": "Name of the key in the transit engine.",
    "ALTYN_TRANSIT_MOUNT": "Path of the transit engine.",
    "ALTYN_TRANSIT_TOKEN": "The token that Altyn sends; a file is safer.",
    "ALTYN_TRANSIT_NAMESPACE": "Namespace of the transit engine.",
    "ALTYN_TRANSIT_TOKEN_FILE": "File with the token; it is read for each request.",
    "ALTYN_TRANSIT_CA_FILE": "Certificate of the authority that the server's TLS is checked with.",
    "ALTYN_TRANSIT_TIMEOUT": "How long the server may take to answer.",
    "ALTYN_UNUSED_CARD_DAYS": (
        "How long the number of a stored card is kept after the card was unbound, so that it can "
        "be bound again; 0 deletes it within a minute."
    ),
    "ALTYN_PUBLIC_URL": "The public address, for links; otherwise that of the request.",
    "ALTYN_TLS_TERMINATED": "Your confirmation that TLS 1.2 or newer ends in front of Altyn.",
    "ALTYN_TRUSTED_PROXIES": "Trusted proxies, separated by commas; their `X-Forwarded-For` is "
    "used.",
    "ALTYN_ACQUIRER_URL": "The acquirer's connector; without it the sandbox simulates a bank.",
    "ALTYN_ACQUIRER_KEY": "The key that Altyn sends to the connector as a bearer token.",
    "ALTYN_ACQUIRER_TIMEOUT": "How long the bank may take to answer.",
    "ALTYN_SERVE_BANK": "Serves the sandbox's bank at `/issuer/acquiring` and `/issuer/card-check` "
    "to gateways that send `ALTYN_ACQUIRER_KEY`.",
    "ALTYN_ATOL_URL": "Address of ATOL Online without the version, as `https://…/possystem`. "
    "Without it the receipts of shops with `fiscal.provider=atol` wait.",
    "ALTYN_CALLBACK_PORTS": "Ports that callbacks may go to in production; any in the sandbox.",
    "ALTYN_CALLBACK_DAYS": "How long settled callbacks are kept, with all deliveries.",
    "ALTYN_REQUEST_LOG": "Whether requests and answers are recorded, masked: `altyn requests`; in "
    "production `no`.",
    "ALTYN_REQUEST_LOG_SIZE": "How many requests the request log keeps; older ones are deleted.",
    "ALTYN_REQUEST_LOG_DAYS": "How long the request log keeps a request, in days of real time.",
    "ALTYN_SMTP_URL": "The SMTP server that takes the mails: "
    "`smtp://user:password@mail.example:587`, `smtps://` for TLS from the start. STARTTLS is used "
    "where it is offered; `?starttls=required` demands it. Without this setting the sandbox keeps "
    "mails in its mailbox, and production sends none.",
    "ALTYN_MAIL_FROM": "Whom mails come from: `pay@shop.example`, or `Name <pay@shop.example>`. "
    "Without a name it is that of the shop.",
    "ALTYN_BODY_MAX": "Largest request body.",
    "ALTYN_CONCURRENCY_MAX": "Requests at the same time in a process; above it the answer is HTTP "
    "429.",
    "ALTYN_CONNECTIONS_MAX": "Open connections of a process; fewer where the limit of open files "
    "is lower. Further ones are closed.",
    "ALTYN_CONNECTIONS_PER_ADDRESS_MAX": "Open connections of a process from one address; trusted "
    "proxies are not bound. Further ones get HTTP 429.",
    "ALTYN_CARD_ATTEMPTS_DAY": "How many attempts with one card at a merchant may stay unpaid in "
    "24 hours, unless the merchant has `limits.card_attempts_day`; in production `10`. See [card "
    "testing](../how-to/card-testing.md).",
    "ALTYN_ADDRESS_ATTEMPTS_HOUR": "How many attempts from one address of a merchant's payers may "
    "stay unpaid in an hour, unless the merchant has `limits.address_attempts_hour`; in production "
    "`20`.",
    "ALTYN_REFUSALS_COUNT": "From how many refused attempts of a merchant in 10 minutes on "
    "their share counts, unless the merchant has `limits.refusals_count`; in production `50`.",
    "ALTYN_REFUSALS_PERCENT": "The share of refusals from which on a merchant's card payments are "
    "refused, unless the merchant has `limits.refusals_percent`; in production `80`.",
    "ALTYN_ACCOUNT_IDLE_MINUTES": "After how long without a request a session of the personal "
    "account ends.",
    "ALTYN_ACCOUNT_SESSION_HOURS": "How long a session of the personal account lasts at most.",
    "ALTYN_LOG_LEVEL": "The lowest level that is logged.",
    "ALTYN_LOG_FORMAT": "`auto` writes text to a terminal, and JSON elsewhere.",
}

GATEWAY_UNITS: Final[Mapping[str, str]] = {
    "ALTYN_ACQUIRER_TIMEOUT": "seconds",
    "ALTYN_DATABASE_TIMEOUT": "seconds",
    "ALTYN_BODY_MAX": "bytes",
    "ALTYN_CALLBACK_DAYS": "days",
    "ALTYN_REQUEST_LOG_DAYS": "days",
    "ALTYN_REQUEST_LOG_SIZE": "requests",
    "ALTYN_TRANSIT_TIMEOUT": "seconds",
    "ALTYN_UNUSED_CARD_DAYS": "days",
    "ALTYN_POOL_SIZE": "connections",
    "ALTYN_WORKERS": "processes",
    "ALTYN_CONCURRENCY_MAX": "requests",
    "ALTYN_CONNECTIONS_MAX": "connections",
    "ALTYN_CONNECTIONS_PER_ADDRESS_MAX": "connections",
    "ALTYN_ACCOUNT_IDLE_MINUTES": "minutes",
    "ALTYN_ACCOUNT_SESSION_HOURS": "hours",
    "ALTYN_CARD_ATTEMPTS_DAY": "attempts",
    "ALTYN_ADDRESS_ATTEMPTS_HOUR": "attempts",
    "ALTYN_REFUSALS_COUNT": "attempts",
    "ALTYN_REFUSALS_PERCENT": "percent",
}

# When it is sent, and the meaning of its status 1 and 0 (callbacks.md §4).
NOTIFICATIONS: Final[Mapping[CallbackOperation, tuple[str, str, str]]] = {
    CallbackOperation.APPROVED: (
        "A two-stage order was paid, or its last attempt failed.",
        "the amount is held",
        "the last attempt was declined",
    ),
    CallbackOperation.DEPOSITED: (
        "A one-stage order was paid, or its last attempt failed; a hold was deposited.",
        "the money is captured",
        "the last attempt, or the deposit, was declined",
    ),
    CallbackOperation.REVERSED: (
        "A payment was reversed, in whole or in part; also at the end of a hold, and after VERIFY.",
        "reversed",
        "refused",
    ),
    CallbackOperation.REFUNDED: ("Each refund.", "refunded", "refused"),
    CallbackOperation.DECLINED_BY_TIMEOUT: (
        "The session ended without a payment.",
        "",
        "always",
    ),
    CallbackOperation.DECLINED_CARD_PRESENT: (
        "A card in the shop's terminal was declined. Altyn has no such payments yet.",
        "",
        "always",
    ),
    CallbackOperation.BINDING_CREATED: (
        "A card was stored: by a payment, or by createBindingNoPayment.do.",
        "",
        "",
    ),
    CallbackOperation.BINDING_ACTIVITY_CHANGED: (
        "A stored card was disabled or enabled; see `enabled`.",
        "",
        "",
    ),
}
