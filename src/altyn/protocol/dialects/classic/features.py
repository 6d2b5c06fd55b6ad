"""The values of `features` and what each does.

Values that only the enumeration of the engine has are accepted without effect: libraries send them.
Source: rest-orders.md §2.3; merchant-settings.md §5.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DOCUMENTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AUTO_PAYMENT": "Pay without CVC and 3-D Secure, with a typed card or a stored one; needs "
        "permission `auto_payment`. Not with FORCE_TDS, FORCE_SSL, FORCE_FULL_TDS.",
        "VERIFY": "Check the card, move no money; the order ends reversed. The amount may be 0.",
        "FORCE_TDS": "Always ask for 3-D Secure; a card that is not enrolled pays as an attempt.",
        "FORCE_SSL": "Pay without 3-D Secure.",
        "FORCE_FULL_TDS": "Only a fully authenticated payer may pay.",
        "FORCE_CREATE_BINDING": "Store the card without asking the payer; needs clientId and "
        "permission `bindings`. Not with bindingId or `bindingNotNeeded=true`.",
        "BINDING_NOT_NEEDED": "Do not store the card, as `bindingNotNeeded=true`. Not with "
        "FORCE_CREATE_BINDING.",
        "PARTIAL_AUTHORIZATION": "Accepted.",
        "FORCE_PAYMENT_WAY": "Accepted.",
        "BNPL": "Pay in parts only; needs a permission. Not with VERIFY, AUTO_PAYMENT.",
        "SKIP_PAYER_EMAIL_NOTIFY": "Send the payer no e-mail about this order.",
    }
)

ENGINE: Final = (
    "FIXED_BINDING",
    "FIXED_BONUS_AMOUNT",
    "FRAUD_FORCE_TDS",
    "FRAUD_FORCE_SSL",
    "PAYMENT_WAY_FORCE_TDS",
    "PAYMENT_WAY_FORCE_SSL",
    "FORCE_NO_CVC",
    "SKIP_VERIFY",
    "SKIP_PAYER_PHONE_NOTIFY",
    "SKIP_PAYER_CREATE_NOTIFY",
    "FORCE_GENERATE_ORDERNUMBER",
    "ORDER_NUMBER_EXPLICIT_INDICATION",
    "PAY_BY_CLIENT",
    "WITHOUT_FROM_CARD",
    "WITHOUT_TO_CARD",
    "REVERSE_AFTER_RECURRENT_INITIALIZE",
    "NEW_TRANSPORT_CARD",
    "SBOL_PAYMENT",
    "SBOL_OTP_PAYMENT",
    "FORCE_PSE",
    "FORCE_EFECTY",
    "FORCE_QR",
    "FORCE_P2P_DEBIT",
    "FIXED_TIPS",
    "FORCE_REDIRECT_TO_URL",
    "SKIP_UNSUCCESSFUL_PAYMENT_CALLBACK",
    "OVERRIDE_CLIENT_ID",
    "RECURRENT_PAYMENT",
    "ACS_IN_IFRAME",
    "SBP_BINDING",
)

FEATURES: Final = frozenset(DOCUMENTED) | frozenset(ENGINE)
