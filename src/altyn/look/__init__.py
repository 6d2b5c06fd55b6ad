"""One look for everything a person sees: tokens, base components, the mark, amounts and dates in
words.

It is a leaf: pages of every kind (payment, 3-D Secure, phone, personal account) draw on it, and it
knows only the domain, so a colour or the way an amount is written changes in one place.
"""

from altyn.look.pages import LOOK_STATIC, mark, page_environment
from altyn.look.static_files import StaticFile, StaticFiles, load_static
from altyn.look.words import (
    amount_text,
    card_number_text,
    date_text,
    day_time_text,
    duration_text,
    plural,
)

__all__ = [
    "LOOK_STATIC",
    "StaticFile",
    "StaticFiles",
    "amount_text",
    "card_number_text",
    "date_text",
    "day_time_text",
    "duration_text",
    "load_static",
    "mark",
    "page_environment",
    "plural",
]
