"""The common style of all pages: tokens, base components, logo, formats of amounts and dates.

All kinds of pages (payment, 3-D Secure, phone, personal account) use it, and it imports only the
domain. A colour or a format so changes in one place.
"""

from altyn.look.pages import LOOK_STATIC, mark, page_environment
from altyn.look.static_files import StaticFile, StaticFiles, load_static
from altyn.look.texts import LANGUAGES, Words
from altyn.look.words import (
    amount_text,
    card_number_text,
    clock_text,
    date_text,
    day_month_text,
    day_text,
    day_time_text,
    duration_text,
    plural,
    weekday_text,
)

__all__ = [
    "LANGUAGES",
    "LOOK_STATIC",
    "StaticFile",
    "StaticFiles",
    "Words",
    "amount_text",
    "card_number_text",
    "clock_text",
    "date_text",
    "day_month_text",
    "day_text",
    "day_time_text",
    "duration_text",
    "load_static",
    "mark",
    "page_environment",
    "plural",
    "weekday_text",
]
