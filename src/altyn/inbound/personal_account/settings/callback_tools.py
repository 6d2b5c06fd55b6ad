"""What follows the form of the callback settings: key, certificates, a test, an example.

Source: callbacks.md §1, §6; personal-account.md §7.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Final
from uuid import uuid4

from altyn.diagnostics.checksum_verdict import check_checksum
from altyn.diagnostics.received_callback import read_received
from altyn.domain.account.audit import AuditAction
from altyn.domain.callback import (
    CallbackDelivery,
    CallbackMethod,
    CallbackOperation,
    CallbackRequest,
    ChecksumKind,
    callback_entry,
)
from altyn.domain.callback_history import DeliveryDetail
from altyn.domain.merchant import Merchant
from altyn.domain.outbox import ClaimedEntry, EntryId
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.pages import BASE, CALLBACKS_PATH
from altyn.inbound.personal_account.settings.fields import HIDDEN
from altyn.inbound.personal_account.settings.ports import SettingsServices
from altyn.inbound.web.callbacks.check_view import CallbackCheck, check_callback
from altyn.inbound.web.callbacks.view import callback_line
from altyn.protocol.dialects.classic.callbacks.checksum import UNSIGNED, symmetric
from altyn.protocol.dialects.classic.callbacks.request import Signer, callback_request

TEST_NUMBER: Final = "TEST-CALLBACK"
EXAMPLE_ADDRESS: Final = "https://shop.example/callback"
TESTS_AT_ONCE: Final = 4
NEWEST: Final = 5
_SAMPLES: Final = {"amount": "10000", "currency": "643", "paymentWay": "CARD"}
_OWN_HEADERS: Final = frozenset({"content-type", "accept", "user-agent"})


@dataclass(frozen=True, slots=True)
class TestResult:
    """A test that was sent, or the key of the text that says why it was not."""

    __test__ = False  # pytest takes it for a test otherwise

    entry: ClaimedEntry | None = None
    delivery: DeliveryDetail | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ChecksumExample:
    """How the checksum of one callback is computed, step by step."""

    request: str
    sorted: tuple[tuple[str, str], ...]
    own: tuple[str, ...]
    signed: str
    key: str
    expected: str | None


@dataclass(frozen=True, slots=True)
class CallbackTools:
    """The panels below the form of the callback settings."""

    access: AccountAccess
    services: SettingsServices
    sending: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(TESTS_AT_ONCE))

    async def new_certificate(self, asked: AccountRequest) -> bool:
        """Create a signing key with its certificate, with an entry of the audit log.

        False: there is a newer one than the form was made of, because it was sent before.
        """
        merchant_id, newest = asked.current.user.merchant_id, asked.form.get("newest", "")
        alias = await self.services.new_certificate(merchant_id, newest)
        if alias is not None:
            await self.access.record(asked, AuditAction.CERTIFICATE_CREATED, alias)
        return alias is not None

    async def send_test(self, merchant: Merchant, address: str) -> TestResult:
        """Send a test callback to one of the shop's addresses."""
        if address not in merchant.settings.callbacks.urls:
            return TestResult(problem="test_unknown_address")
        if self.sending.locked():
            return TestResult(problem="test_busy")
        async with self.sending:
            entry = _test_entry(merchant, address, self.access.context.clock.now())
            delivery = await self.services.deliver(entry, merchant)
        return TestResult(entry, _detail(delivery))

    async def check(
        self, asked: AccountRequest, merchant: Merchant, language: str
    ) -> CallbackCheck:
        """Check the callback of a form with the keys of this merchant."""
        return await check_callback(
            asked.request, asked.form, merchant, self.services.check, language
        )

    async def shown(
        self, merchant: Merchant, language: str, test: TestResult | None
    ) -> dict[str, object]:
        """The values of the template."""
        certificates = await self.services.certificates(merchant.merchant_id)
        newest = await self.services.history.newest(merchant.merchant_id, limit=NEWEST)
        return {
            "callbacks": merchant.settings.callbacks,
            "certificates": certificates,
            "example": self._example(merchant, test.entry if test else None),
            "is_asymmetric": merchant.settings.callbacks.checksum is ChecksumKind.ASYMMETRIC,
            "deliveries": [callback_line(each, language) for each in newest],
            "callbacks_path": CALLBACKS_PATH,
            "orders": f"{BASE}/orders",
        }

    def _example(self, merchant: Merchant, sent: ClaimedEntry | None) -> ChecksumExample | None:
        """The test callback, signed by the shop's key; None for a shop without a signature."""
        settings = merchant.settings.callbacks
        asymmetric = settings.checksum is ChecksumKind.ASYMMETRIC
        if not asymmetric and (settings.checksum is ChecksumKind.NONE or not settings.key):
            return None
        address = (*settings.urls, EXAMPLE_ADDRESS)[0]
        entry = sent or _test_entry(merchant, address, self.access.context.clock.now())
        key = settings.key or ""
        signer = None if asymmetric else Signer(alias=None, sign=partial(symmetric, key))
        query = replace(settings, method=CallbackMethod.GET)
        request = callback_request(entry, settings, signer)
        received = read_received(callback_request(entry, query, signer).url)
        verdict = check_checksum(received, key=key)
        signed = {*received.parameters} - UNSIGNED - {*verdict.own_query}
        names = sorted(signed, key=lambda name: name.encode())
        return ChecksumExample(
            request=_as_text(request),
            sorted=tuple((name, received.parameters[name]) for name in names),
            own=verdict.own_query,
            signed=verdict.signed,
            key=key,
            expected=None if asymmetric else verdict.expected,
        )


def _test_entry(merchant: Merchant, address: str, now: datetime) -> ClaimedEntry:
    """A callback about an order that does not exist."""
    settings, operation = merchant.settings.callbacks, CallbackOperation.DEPOSITED
    subject = uuid4()
    parameters = {
        "mdOrder": str(subject),
        "orderNumber": TEST_NUMBER,
        "operation": operation.value,
        "status": "1",
        **{name: value for name, value in _SAMPLES.items() if name in settings.parameters},
    }
    row = callback_entry(operation.value, address, parameters)
    return ClaimedEntry(
        id=EntryId(merchant.merchant_id, subject, 1, 1),
        kind=row.kind,
        operation=row.operation,
        receiver=row.receiver,
        host=row.host,
        parameters=parameters,
        created_at=now,
    )


def _detail(delivery: CallbackDelivery) -> DeliveryDetail:
    """The delivery as pages show it; the values of the shop's own headers are hidden."""
    request, response = delivery.request, delivery.response
    return DeliveryDetail(
        attempt=1,
        at=delivery.at,
        took_ms=round(response.took_seconds * 1000),
        method=request.method,
        url=request.url,
        headers=_shown_headers(request),
        body=None if request.body is None else request.body.decode("utf-8", "replace"),
        signed=request.signed,
        checksum=request.checksum,
        status=response.status,
        response_headers=response.headers,
        response=response.body,
        problem=response.problem,
    )


def _shown_headers(request: CallbackRequest) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value if name.lower() in _OWN_HEADERS else HIDDEN) for name, value in request.headers
    )


def _as_text(request: CallbackRequest) -> str:
    body = "" if request.body is None else f"\n\n{request.body.decode()}"
    return f"{request.method} {request.url}{body}"
