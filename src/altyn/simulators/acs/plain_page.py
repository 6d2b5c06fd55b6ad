"""The page of the 3DS method: it runs in a hidden frame and posts its notification.

It has no style, because it is not visible; its button is for browsers without scripts.
"""

from __future__ import annotations

from html import escape
from typing import Final

from altyn.simulators.acs.page import STATIC_PREFIX

# The policy of the bank's pages without frame-ancestors: the gateway's address is unknown here.
METHOD_CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; form-action https: http:; base-uri 'none'"
)


def render_method_page(notification_url: str, method_data: str) -> str:
    """A page with a form that a script posts to the notification URL, with threeDSMethodData."""
    return (
        "<!DOCTYPE html>\n"
        '<html lang="en"><head><meta charset="utf-8"><title>3-D Secure</title>'
        f'<script type="module" src="{escape(STATIC_PREFIX)}/autopost.js"></script></head>'
        f'<body><form method="post" action="{escape(notification_url)}" data-autopost>'
        f'<input type="hidden" name="threeDSMethodData" value="{escape(method_data)}">'
        "<button>Continue</button></form></body></html>\n"
    )
