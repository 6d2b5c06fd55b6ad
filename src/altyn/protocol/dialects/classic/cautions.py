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

NO_TEXTS: Final = "kept for the page's address; texts are in ru or en, else in the shop's default"
STORED_ONLY: Final = "kept with the order, without effect"
NO_RECURRENT: Final = "kept, but recurring payments are not served yet"
NO_APP: Final = "kept, but payments in the bank's app are not served yet: the payer needs formUrl"
NO_ENCRYPTED_CARD: Final = "kept, but encrypted card data are not served yet: send the card"
NO_3DS_DATA: Final = "kept, but not sent to 3-D Secure yet"

NO_CERTIFICATE: Final = "kept, but payments by electronic certificate are not served yet"
CASHBOX: Final = "fes_cashboxId"

APP_PARAMETERS: Final = frozenset({"app2app", "back2app", "app.osType", "app.deepLink"})
"""Parameters of payments in the bank's app; most shops send them inside jsonParams (004)."""

EFFECTIVE_FEATURES: Final = frozenset(
    {
        "AUTO_PAYMENT",
        "VERIFY",
        "FORCE_TDS",
        "FORCE_SSL",
        "FORCE_FULL_TDS",
        "FORCE_NO_CVC",
        "FORCE_CREATE_BINDING",
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
    """The free attributes that belong to a way to pay which is not served yet."""
    names = [name for name in params if name in APP_PARAMETERS]
    if names:
        yield f"{', '.join(names)}: {NO_APP}"
    if CASHBOX in params:
        yield f"{CASHBOX}: {NO_CERTIFICATE}"


def remarks_of_cart(cart: Cart) -> Iterator[str]:
    """The parts of a cart that are kept without effect."""
    return iter(()) if has_no_remarks(cart) else unknown.remarks_of_cart(cart.document)
