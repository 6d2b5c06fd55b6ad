"""The tiles of the payment page: what a way to pay shows of itself above the card form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from altyn.domain.language import DEFAULT_LANGUAGE
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order

Line = Callable[[Order, str], str]
"""The short line below the title, for an order and in a language; it may be empty."""

Absence = Callable[[Order, Merchant, str], str]
"""Why the way cannot pay an order now, as a sentence for its payer, in a language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayTile:
    """How a way to pay is shown. `titles` are by language; `icon` is a name of `icons.html`.

    A way either starts at once, when its tile is pressed, or `opens_step`: a page of its own,
    `?paymentWay=<name>`. `absence` is shown only where the order can be paid in no other way.
    """

    titles: Mapping[str, str]
    icon: str = "wallet"
    line: Line | None = None
    opens_step: bool = False
    absence: Absence | None = None

    def title(self, language: str) -> str:
        """The title; one that is missing in the language is shown in the default language."""
        return self.titles.get(language) or self.titles[DEFAULT_LANGUAGE]


WayTiles = Mapping[str, WayTile]
"""The tile of each way, by the name of the way. A way without one is not shown."""
