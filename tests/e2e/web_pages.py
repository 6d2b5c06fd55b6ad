"""The pages of the account and the console, and the names under which browser tests check them.

Every check has a name, which is the name of its pictures too. A page is either walked by
test_every_web_page.py, which opens its address, or checked by the test of what it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_NO_ID: Final = "0" * 8 + "-0000-8000-8000-" + "0" * 12

ACCESS: Final = MappingProxyType(
    {
        "account-profile": "/mportal3/profile",
        "account-password": "/mportal3/password",
        "account-one-time-codes": "/mportal3/one-time-codes",
        "account-users": "/mportal3/users",
        "account-user": "/mportal3/users/test-operator",
        "account-no-user": "/mportal3/users/nobody",
        "account-api": "/mportal3/api",
        "account-audit": "/mportal3/audit",
    }
)
SETTINGS: Final = MappingProxyType(
    {
        "settings-general": "/mportal3/settings/general",
        "settings-callbacks": "/mportal3/settings/callbacks",
        "settings-fiscal": "/mportal3/settings/fiscal",
        "settings-page": "/mportal3/settings/page",
        "settings-ways": "/mportal3/settings/ways",
        "settings-sessions": "/mportal3/settings/sessions",
        "settings-session-ended": "/mportal3/settings/sessions?done=ended",
    }
)
MISSING: Final = MappingProxyType(
    {
        "page-set-missing": "/mportal3/settings/page/sets/999",
        "callback-missing": f"/mportal3/callbacks/{_NO_ID}.1.1",
        "account-no-report": f"/mportal3/reports/{_NO_ID}",
        "account-no-invoice": f"/mportal3/invoices/{_NO_ID}",
        "missing-account": "/mportal3/nope",
    }
)
ORDERS: Final = MappingProxyType(
    {
        "account-no-order": f"/mportal3/orders/{_NO_ID}",
        "account-order-refunded": "/mportal3/orders/{paid}?done=refund",
        "account-complete": "/mportal3/orders/{held}/complete",
        "account-reverse": "/mportal3/orders/{held}/reverse",
        "account-refund": "/mportal3/orders/{paid}/refund",
        "account-refund-wrong": "/mportal3/orders/{paid}/refund?amount=x",
        "account-refund-too-much": "/mportal3/orders/{paid}/refund?amount=2000",
        "account-refund-sum-confirm": "/mportal3/orders/{paid}/refund?amount=500",
        "account-refund-refused": "/mportal3/orders/{created}/refund",
        "account-decline": "/mportal3/orders/{created}/decline",
        "account-closing-receipt": "/mportal3/orders/{failing}/receipt",
        "account-receipt": "/mportal3/orders/{failing}/receipts/{receipt}",
    }
)
CONSOLE: Final = MappingProxyType(
    {
        "console-no-order": f"/console/orders/{_NO_ID}",
        "console-order-not-found": "/console/orders?q=nobody-has-this",
        "console-no-request": "/console/requests/0",
        "console-no-shop": "/console/requests?shop=nobody",
        "console-no-callback": f"/console/callbacks/{_NO_ID}.1.1",
        "console-no-method": "/console/reference/nothing",
        "console-returned-nothing": "/console/returned",
        "console-order-too-long": "/console/orders?q={too_long}",
        "console-address-refused": "/console/orders?q=%00",
        "missing-console": "/console/nope",
    }
)
WALKED: Final[Mapping[str, str]] = MappingProxyType(
    {**ACCESS, **SETTINGS, **MISSING, **ORDERS, **CONSOLE}
)

CHECKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "/mportal3": "account-main",
        "/mportal3/": "account-main",
        "/mportal3/login": "account-login",
        "/mportal3/code": "account-code",
        "/mportal3/password": "account-password",
        "/mportal3/profile": "account-profile",
        "/mportal3/passkeys": "account-passkeys-none",
        "/mportal3/one-time-codes": "account-one-time-codes",
        "/mportal3/orders": "account-orders",
        "/mportal3/orders/newest": "account-orders",
        "/mportal3/orders/{order}": "account-order",
        "/mportal3/orders/{order}/complete": "account-complete",
        "/mportal3/orders/{order}/reverse": "account-reverse",
        "/mportal3/orders/{order}/refund": "account-refund",
        "/mportal3/orders/{order}/decline": "account-decline",
        "/mportal3/orders/{order}/receipt": "account-closing-receipt",
        "/mportal3/orders/{order}/callbacks/{callback}": "account-callback",
        "/mportal3/orders/{order}/receipts/{receipt}": "account-receipt",
        "/mportal3/reports": "account-reports",
        "/mportal3/reports/newest": "account-reports",
        "/mportal3/users": "account-users",
        "/mportal3/users/{login}": "account-user",
        "/mportal3/api": "account-api",
        "/mportal3/audit": "account-audit",
        "/mportal3/callbacks": "callbacks",
        "/mportal3/callbacks/newest": "callbacks",
        "/mportal3/callbacks/{callback}": "callback",
        "/mportal3/settings": "settings-general",
        "/mportal3/settings/general": "settings-general",
        "/mportal3/settings/callbacks": "settings-callbacks",
        "/mportal3/settings/fiscal": "settings-fiscal",
        "/mportal3/settings/page": "settings-page",
        "/mportal3/settings/ways": "settings-ways",
        "/mportal3/settings/sessions": "settings-sessions",
        "/mportal3/settings/page/sets": "page-sets",
        "/mportal3/settings/page/sets/{number}": "page-set-ready",
        "/mportal3/invoices": "account-invoices",
        "/mportal3/invoices/{order_id}": "account-invoice",
        "/mportal3/payment-links": "account-links",
        "/": "console-start",
        "/console/returned": "console-returned",
        "/console/requests": "console-requests",
        "/console/requests/{request}": "console-request",
        "/console/orders": "console-orders",
        "/console/orders/{order}": "console-order",
        "/console/reference": "console-reference",
        "/console/reference/{method}": "console-method",
        "/console/callbacks": "console-callbacks",
        "/console/callbacks/check": "console-check",
        "/console/callbacks/{callback}": "console-callback",
    }
)
"""Each address of the router that answers with a page, and the name of a check of it."""
