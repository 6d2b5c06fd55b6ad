"""The page's own protocol under `/payment/rest/`: what an open page asks for and tells.

No credentials: the order's id is the capability. Page sets published for other gateways of the
family call these addresses too, so names and members are theirs. Source: payment-page.md §3, §4.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.card import is_maestro
from altyn.domain.merchant import Permission
from altyn.domain.money import Money
from altyn.inbound.payment_page import answers, pages
from altyn.inbound.payment_page.addresses import Kind, PageName, page_address
from altyn.inbound.payment_page.card_form import PageForm, cvc_required
from altyn.inbound.payment_page.paying import Payer, over_members, pay
from altyn.inbound.payment_page.reception import payer_of
from altyn.inbound.payment_page.texts import DEFAULT_LANGUAGE, known_language, text
from altyn.inbound.payment_page.visits import Visit, again, find_visit
from altyn.inbound.payment_steps import PAID
from altyn.inbound.rest.answers import BODY_TOO_LARGE
from altyn.inbound.rest.fields import Fields
from altyn.inbound.rest.reading import BodyTooLarge, Disconnected, Limits, read_fields
from altyn.operations.card_payment import finish_challenge, finish_with_pa_res
from altyn.operations.ports import World
from altyn.protocol import error_codes as e
from altyn.protocol.threeds import ThreeDSFormatError
from altyn.protocol.threeds_version2 import CRes, unpack, unpack_session_data
