"""The parameters of register.do and registerPreAuth.do, and what they refuse.

Source: rest-orders.md §2; sberpay.md §3; 004 (request parameters, error codes).
"""

from typing import Final

from altyn.domain.merchant import Permission
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.cart_type import CART
from altyn.protocol.dialects.classic import app_types as a
from altyn.protocol.dialects.classic import cautions as k
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import json_types as j
from altyn.protocol.dialects.classic import types as c
from altyn.protocol.dialects.classic.shared_rows import (
    ALWAYS,
    CART_REFUSALS,
    MERCHANT_LOGIN,
    WHO,
    Refusals,
    stored,
)
from altyn.protocol.name_types import ORDER_NUMBER, own_name
from altyn.protocol.receipt_params_type import RECEIPT_PARAMS, remarks_of_receipt_params
from altyn.protocol.table import STORED, Parameter

REGISTRATION: Final = (
    Parameter("orderNumber", ORDER_NUMBER, "order_number",
              "The shop's own number, unique per merchant; may be left out where the gateway "
              "makes numbers.", Refusal.ORDER_NUMBER_EMPTY, Refusal.ORDER_NUMBER_INVALID,
              optional_with=Permission.ORDER_NUMBER_GENERATION),
    Parameter("amount", c.ORDER_AMOUNT, "amount_minor", "Sum in minor units; 0 with VERIFY only.",
              Refusal.AMOUNT_MISSING, Refusal.AMOUNT_INVALID),
    Parameter("returnUrl", t.RETURN_URL, "return_url", "Where the payer goes after paying; "
              "without http:// or https:// it is an address of the gateway.",
              Refusal.RETURN_URL_EMPTY, Refusal.RETURN_URL_INVALID),
    Parameter("failUrl", t.RETURN_URL, "fail_url",
              "Where the payer goes after failing; else returnUrl."),
    Parameter("dynamicCallbackUrl", t.CALLBACK_URL, "dynamic_callback_url",
              "Callbacks about payments of this order go here, for merchants with the permission "
              "dynamic_callback; others keep the addresses of their settings.",
              effect_with=Permission.DYNAMIC_CALLBACK),
    Parameter("description", t.text(598, lines=True), "description",
              "What is paid for; shown to the payer."),
    Parameter("pageView", t.PAGE_VIEW, "page_view", "DESKTOP, MOBILE, or the prefix of own pages."),
    Parameter("clientId", own_name(255), "client_id", "The payer in the shop, for stored cards."),
    MERCHANT_LOGIN,
    Parameter("sessionTimeoutSecs", t.digits(10), "session_timeout_seconds",
              "The order's life in seconds; 1200 unless the merchant's settings say otherwise. "
              "Not read where expirationDate is sent.", overridden_by="expirationDate",
              effect_with=Permission.CUSTOM_SESSION),
    Parameter("expirationDate", t.MOMENT, "expiration_date",
              "The end of the order's life, Moscow time; beats sessionTimeoutSecs.",
              effect_with=Permission.CUSTOM_SESSION),
    Parameter("bindingId", t.text(255), "binding_id", "Only this stored card may pay."),
    Parameter("email", j.EMAIL, "email", "The payer's e-mail address."),
    Parameter("phone", t.PHONE, "phone", "The payer's phone number."),
    Parameter("postAddress", t.text(255), "post_address", "Delivery address."),
    Parameter("billingPayerData", t.PAYER_DATA, "billing_payer_data",
              "Address the card is registered at; line 1 and postal code are mandatory under AVS.",
              effect_with=Permission.AVS_REQUIRED),
    Parameter("shippingPayerData", t.PAYER_DATA, "shipping_payer_data", "For 3-D Secure 2.",
              caution=k.NO_3DS_DATA),
    Parameter("preOrderPayerData", t.PAYER_DATA, "preorder_payer_data", "For 3-D Secure 2.",
              caution=k.NO_3DS_DATA),
    Parameter("orderPayerData", t.PAYER_DATA, "order_payer_data", "For 3-D Secure 2.",
              caution=k.NO_3DS_DATA),
    Parameter("orderBundle", CART, "order_bundle",
              "The cart: its positions, for partial deposits and refunds, and for receipts.",
              invalid=Refusal.CART_FORMAT, remarks=k.remarks_of_cart),
    Parameter("taxSystem", t.digits(1, high=5), "tax_system", "Taxation system, 0 to 5.",
              idle_for=k.without_receipts),
    Parameter("feeInput", t.digits(8), "fee_input", "The merchant's fee in minor units.",
              effect_with=Permission.FEE),
    Parameter("mcc", t.code(4), "mcc", "Merchant category code."),
    Parameter("ip", t.text(39), "ip", "The payer's address."),
    Parameter("currency", t.CURRENCY, "currency", "ISO 4217 numeric code; 643 by default.",
              invalid=Refusal.CURRENCY_UNKNOWN),
    Parameter("language", t.LANGUAGE, "language", "Language of the page, any two letters; "
              "texts are in ru or en, else in the merchant's default language.",
              invalid=Refusal.LANGUAGE_INVALID, remarks=k.remarks_of_language),
    Parameter("jsonParams", j.REGISTRATION_PARAMS, "json_params",
              "Free attributes of the order, echoed in merchantOrderParams.",
              invalid=Refusal.JSON_PARAMS_INVALID, remarks=k.remarks_of_json_params),
    Parameter("recurringFrequency", t.digits(2, low=1, high=28), "recurring_frequency",
              "Least number of days between recurring charges; goes with recurringExpiry.",
              invalid=Refusal.JSON_PARAMS_INVALID, in_json_params=True,
              effect_with=Permission.RECURRENT),
    Parameter("recurringExpiry", t.DAY, "recurring_expiry", "Last day of recurring charges.",
              invalid=Refusal.JSON_PARAMS_INVALID, in_json_params=True,
              effect_with=Permission.RECURRENT),
    Parameter("installments", t.digits(3, low=1), STORED,
              "How many payments in instalments, with this one, the payer agrees to; goes with "
              "totalInstallmentAmount.",
              invalid=Refusal.JSON_PARAMS_INVALID, in_json_params=True,
              effect_with=Permission.RECURRENT),
    Parameter("totalInstallmentAmount", t.digits(12, low=1), STORED,
              "Sum of all payments in instalments, with this one, in minor units.",
              invalid=Refusal.JSON_PARAMS_INVALID, in_json_params=True,
              effect_with=Permission.RECURRENT),
    Parameter("features", c.FEATURE_LIST, "features", "Features of the order, see the list below.",
              invalid=Refusal.FEATURES_INVALID, remarks=k.remarks_of_features),
    Parameter("allowedPaymentWays", c.WAY_LIST, "allowed_ways",
              "The only ways in which this order may be paid, such as CARD,SBRF_SBOL,BNPL; all "
              "that the shop offers by default.",
              in_json_params=True, remarks=k.remarks_of_ways),
    Parameter("app2app", t.BOOLEAN, "app2app",
              "SberPay from the shop's own app: the answer has a link that opens the bank's app.",
              invalid=Refusal.JSON_PARAMS_INVALID, in_json_params=True),
    Parameter("back2app", t.BOOLEAN, "back2app",
              "SberPay without a page: the payer's phone gets a push message; goes with phone.",
              invalid=Refusal.JSON_PARAMS_INVALID, in_json_params=True),
    Parameter("app.osType", a.OS_TYPE, "os_type",
              "The phone's system; mandatory with app2app.",
              invalid=Refusal.JSON_PARAMS_INVALID, in_json_params=True, aliases=("osType",)),
    Parameter("app.deepLink", a.DEEP_LINK, "deep_link",
              "The link back into the shop's app; mandatory with app2app.",
              invalid=Refusal.JSON_PARAMS_INVALID, in_json_params=True),
    Parameter("web2app", t.BOOLEAN, "web2app",
              "The page opens at SberPay, and on a phone straight away in the bank's app.",
              invalid=Refusal.JSON_PARAMS_INVALID, in_json_params=True,
              effect_with=Permission.SBERPAY),
    Parameter("sberpay.backurl", a.BACK_URL, "back_url",
              "Where the bank's app takes the payer after SberPay, instead of the payment page; "
              "@{BankResultState} in it becomes success, waiting, cancel or error.",
              invalid=Refusal.JSON_PARAMS_INVALID, in_json_params=True,
              effect_with=Permission.SBERPAY),
    stored("bindingNotNeeded", t.BOOLEAN, "Do not store the card.", caution=""),
    Parameter("additionalOfdParams", RECEIPT_PARAMS, "receipt_params",
              "Parameters of the whole receipt: cashier, agent, client and more.",
              remarks=remarks_of_receipt_params, idle_for=k.without_receipts),
    Parameter("prepaymentMdOrder", t.ORDER_ID, "prepayment_id",
              "The paid order whose prepayment this order completes."),
    stored("merchantInn", t.text(12), "The child merchant by its tax number."),
)  # fmt: skip

PRE_AUTHORISATION: Final = (
    Parameter("autocompletionDate", t.MOMENT, "auto_completion_date",
              "Automatic deposit of the whole hold at this time, Moscow."),
    Parameter("autoReverseDate", t.MOMENT, "auto_reverse_date",
              "Automatic release of the hold at this time, Moscow."),
)  # fmt: skip

REGISTRATION_REFUSALS: Final[Refusals] = {
    Refusal.LOGIN_EMPTY: e.LOGIN_EMPTY,
    Refusal.PASSWORD_EMPTY: e.PASSWORD_EMPTY,
    **WHO,
    Refusal.MERCHANT_LOGIN_UNKNOWN: e.MERCHANT_LOGIN_UNKNOWN,
    Refusal.ORDER_NUMBER_EMPTY: e.NUMBER_EMPTY,
    Refusal.AMOUNT_MISSING: e.AMOUNT_MISSING,
    Refusal.RETURN_URL_EMPTY: e.RETURN_URL_EMPTY,
    Refusal.ORDER_NUMBER_INVALID: e.NUMBER_INVALID,
    Refusal.AMOUNT_INVALID: e.AMOUNT_INVALID,
    Refusal.RETURN_URL_INVALID: e.RETURN_URL_INVALID,
    Refusal.PARAMETER_INVALID: e.PARAMETER_INVALID,
    Refusal.CURRENCY_UNKNOWN: e.CURRENCY_UNKNOWN,
    Refusal.LANGUAGE_INVALID: e.LANGUAGE_INVALID,
    Refusal.JSON_PARAMS_INVALID: e.JSON_PARAMS_INVALID,
    Refusal.FEATURES_INVALID: e.FEATURES_INVALID,
    **CART_REFUSALS,
    Refusal.FEATURES_CONFLICT: e.FEATURES_CONFLICT,
    Refusal.VERIFY_FORBIDDEN: e.VERIFY_FORBIDDEN,
    Refusal.AUTO_PAYMENT_FORBIDDEN: e.AUTO_FORBIDDEN,
    Refusal.PARAMETER_EMPTY: e.PARAMETER_MISSING,
    Refusal.CLIENT_ID_EMPTY: e.PARAMETER_EMPTY,
    Refusal.BINDING_UNKNOWN: e.BINDING_UNKNOWN,
    Refusal.BINDING_OF_ANOTHER_CLIENT: e.BINDING_UNKNOWN,
    Refusal.CARD_EXPIRED: e.CARD_EXPIRED,
    Refusal.ORDER_NUMBER_TAKEN: e.NUMBER_TAKEN,
    **ALWAYS,
}
