"""The texts for developers about parameters that are accepted without their full effect.

Each text stands in the row of its parameter until the part that it is about is served.
Source: rest-orders.md §2.1, §2.3; fiscal.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from altyn.domain.cart import unknown
from altyn.domain.cart.document import Cart
from altyn.domain.cart.plain import has_no_remarks
from altyn.domain.language import TEXT_LANGUAGES
from altyn.domain.merchant import Merchant
from altyn.protocol.dialects.classic.types import WITHOUT_A_PAYMENT
from altyn.protocol.types import RESERVED_NAMES

NO_TEXTS: Final = "kept for the page's address; texts are in ru or en, else in the shop's default"
STORED_ONLY: Final = "kept with the order, without effect"
NO_ENCRYPTED_CARD: Final = "kept, but encrypted card data are not served yet: send the card"
NO_3DS_DATA: Final = "kept, but not sent to 3-D Secure yet"

NO_ATTRIBUTES_OF_CARDS: Final = "ignored: a stored card keeps no attributes"
NO_OTHER_STRENGTH: Final = (
    "ignored: the card is stored as NO_PAYMENT, because no first payment is named"
)
NO_CERTIFICATE: Final = "kept, but payments by electronic certificate are not served yet"
NO_SBP_QR: Final = "kept, but QR codes in the answer are not served yet"
LATER_ATTRIBUTES: Final = {"fes_cashboxId": NO_CERTIFICATE, "sberpay.qr.c2b": NO_SBP_QR}
"""The free attributes that belong to a way to pay which is not served yet."""

HIDES_SBERPAY: Final = ("sberpayHide", "showSbol")
"""The free attributes that keep SberPay off the payment page (sberpay.md §3)."""

APP_ATTRIBUTES: Final = ("app2app", "back2app", "app.osType", "app.deepLink", "web2app")
"""The free attributes that send the payer of a new order to the bank's app (sberpay.md §3)."""

SERVED_WAYS: Final = frozenset({"CARD", "CARD_BINDING", "CARD_MOTO", "SBRF_SBOL", "BNPL"})
"""The ways to pay that have a connector."""

EFFECTIVE_FEATURES: Final = frozenset(
    {
        "AUTO_PAYMENT",
        "VERIFY",
        "FORCE_TDS",
        "FORCE_SSL",
        "FORCE_FULL_TDS",
        "FORCE_NO_CVC",
        "FORCE_CREATE_BINDING",
        "BINDING_NOT_NEEDED",
        "BNPL",
    }
)


def without_receipts(merchant: Merchant) -> str:
    """Why a parameter of receipts has no effect for this merchant; empty where it has."""
    enabled = merchant.settings.fiscal.enabled
    return "" if enabled else "kept, but the shop has no receipts: fiscal.provider is none"


def remarks_of_features(features: Sequence[str]) -> Iterator[str]:
    """The features that are accepted without effect."""
    idle = [feature for feature in features if feature not in EFFECTIVE_FEATURES]
    if idle:
        yield f"accepted without effect: {', '.join(idle)}"


def remarks_of_language(code: str) -> Iterator[str]:
    """A language that pages of the shop may have, and the gateway's own texts have not."""
    if code not in TEXT_LANGUAGES:
        yield NO_TEXTS


def remarks_of_json_params(params: Mapping[str, str]) -> Iterator[str]:
    """The free attributes without their effect."""
    yield from (f"{name}: {text}" for name, text in LATER_ATTRIBUTES.items() if name in params)
    for name in HIDES_SBERPAY:
        if params.get(name, "true").lower() not in {"true", "false"}:
            yield f"{name}: ignored, as it is neither true nor false"


def remarks_of_app(params: Mapping[str, str]) -> Iterator[str]:
    """The free attributes that only a registration without a payment takes: they send the payer to
    the bank's app (sberpay.md §3)."""
    if names := [name for name in APP_ATTRIBUTES if name in params]:
        yield f"{', '.join(names)}: ignored, only register.do and registerPreAuth.do take this"


def remarks_without_app(params: Mapping[str, str]) -> Iterator[str]:
    """The free attributes without their effect where a registration leads to a card or a credit."""
    yield from remarks_of_json_params(params)
    yield from remarks_of_app(params)


def remarks_of_payment_params(params: Mapping[str, str]) -> Iterator[str]:
    """The attributes of the bank's app, and the reserved names, which a registration refuses and a
    payment only keeps."""
    yield from remarks_of_app(params)
    if reserved := [name for name in RESERVED_NAMES if name in params]:
        yield f"{', '.join(reserved)}: kept, but loyalty programmes are not served"


def remarks_of_ways(names: Sequence[str]) -> Iterator[str]:
    """The ways to pay that no gateway of this version can offer."""
    if later := [name for name in names if name not in SERVED_WAYS]:
        yield f"{', '.join(later)}: kept, but this way to pay is not served yet"


def remarks_of_cart(cart: Cart) -> Iterator[str]:
    """The parts of a cart that are kept without effect."""
    return iter(()) if has_no_remarks(cart) else unknown.remarks_of_cart(cart.document)


def remarks_of_strength(strength: str) -> Iterator[str]:
    """The text about a stored card that is to count as checked by a payment elsewhere."""
    if strength != WITHOUT_A_PAYMENT:
        yield NO_OTHER_STRENGTH
