"""The page of the 3DS method: nobody sees it, for it runs in a hidden frame and reports back.

It is not a page of the bank's look, because there is nothing to look at; its button is for browsers
without scripts.
"""

from __future__ import annotations

from html import escape
from typing import Final

from altyn.simulators.acs.page import STATIC_PREFIX

# As the bank's pages, but it may be framed: the gateway's page is on an address we do not know.
METHOD_CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; form-action https: http:; base-uri 'none'"
)


def render_method_page(notification_url: str, method_data: str) -> str:
    """A form that posts threeDSMethodData to the notification address by itself."""
    return (
        "<!DOCTYPE html>\n"
        '<html lang="en"><head><meta charset="utf-8"><title>3-D Secure</title>'
        f'<script type="module" src="{escape(STATIC_PREFIX)}/autopost.js"></script></head>'
        f'<body><form method="post" action="{escape(notification_url)}" data-autopost>'
        f'<input type="hidden" name="threeDSMethodData" value="{escape(method_data)}">'
        "<button>Continue</button></form></body></html>\n"
    )
