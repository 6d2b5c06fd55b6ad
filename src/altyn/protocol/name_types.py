"""The types of texts that must stay as they are, so that a card number in them is refused.

Every other free text is masked where it is read. Decision: 0012-card-numbers-in-free-texts.md.
"""

from dataclasses import replace
from typing import Any, Final

from altyn.domain.card.free_text import holds_card_number, is_card_number_alone
from altyn.protocol.malformed import Malformed
from altyn.protocol.types import Context, Type, text


def name_on_card(maximum: int) -> Type:
    """A text without a card number anywhere in it."""
    plain = text(maximum, masks=False)

    def parse(value: str, context: Context) -> Any:
        if holds_card_number(value):
            raise Malformed("a card number is not a name; send it in $PAN")
        return plain.parse(value, context)

    return replace(plain, parse=parse)


def own_name(maximum: int) -> Type:
    """A text by which the shop finds something: a bare card number is refused.

    It is not masked, because two masked names could be equal.
    """
    plain = text(maximum, masks=False)

    def parse(value: str, context: Context) -> Any:
        if is_card_number_alone(value):
            raise Malformed(
                "it has the length, the first digits and the check digit of a card number, which "
                "must not be stored here; if it is a number of your own, put a letter before it"
            )
        return plain.parse(value, context)

    return replace(plain, parse=parse)


def _order_number(value: str, context: Context) -> str:
    if value != value.strip():
        raise Malformed("spaces at an end")
    return str(ORDER_NUMBER_TEXT.parse(value, context))


ORDER_NUMBER_TEXT: Final = own_name(32)
ORDER_NUMBER: Final = replace(ORDER_NUMBER_TEXT, parse=_order_number)
