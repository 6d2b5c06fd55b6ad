"""The callback handler: writes the request of one delivery, signs it and sends it.

A request that cannot be written is a failed delivery, and its record says why.
Source: callbacks.md §1, §5, §6.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from altyn.domain.callback import (
    CallbackDelivery,
    CallbackRequest,
    CallbackResponse,
    ChecksumKind,
)
from altyn.domain.merchant import Merchant
from altyn.domain.outbox import AttemptResult, ClaimedEntry
from altyn.operations.ports import Clock, SigningKeyUnusable
from altyn.protocol.dialects.classic.callbacks.checksum import asymmetric, symmetric
from altyn.protocol.dialects.classic.callbacks.request import Signer, callback_request

log = structlog.get_logger("altyn.callbacks")


class Sender(Protocol):
    """Sends requests to shops. Errors of the network or of a shop are results, not exceptions."""

    async def send(
        self, request: CallbackRequest, *, timeout_seconds: float
    ) -> CallbackResponse: ...


class SigningKey(Protocol):
    """A merchant's private key, and the alias by which the shop finds the certificate."""

    @property
    def alias(self) -> str: ...
    @property
    def private_key(self) -> RSAPrivateKey: ...


class SigningKeys(Protocol):
    """The keys of asymmetric checksums; None for a merchant without a key."""

    async def current(self, merchant_id: int) -> SigningKey | None: ...


class CallbacksDisabledError(Exception):
    """Callbacks are switched off for the merchant; the text says what to do."""


class NoCertificateError(Exception):
    """The merchant has no signing key and certificate; the text says what to do."""


class CallbackHandler:
    """Carries out the entries of the kind `callback`."""

    def __init__(
        self,
        sender: Sender,
        *,
        signing_keys: SigningKeys,
        clock: Clock,
    ) -> None:
        self._sender = sender
        self._signing_keys = signing_keys
        self._clock = clock

    def attempt_seconds(self, merchant: Merchant) -> int:
        """The time-out that the merchant has chosen, in seconds."""
        return merchant.settings.callbacks.timeout_seconds

    def retry_pause(self, merchant: Merchant, failures: int) -> timedelta | None:
        """The pause of the merchant's schedule after so many failures; None after the last one."""
        return merchant.settings.callbacks.pause_after(failures)

    async def deliver(self, entry: ClaimedEntry, merchant: Merchant) -> AttemptResult:
        """Send the callback once; return the result with the record of the delivery."""
        at = self._clock.now()
        request, response = await self._send(entry, merchant)
        return AttemptResult(
            verdict=response.verdict,
            problem=_problem(response),
            contacted=response.contacted,
            response_seconds=None if response.status is None else response.took_seconds,
            record=CallbackDelivery(at=at, request=request, response=response),
        )

    async def _send(
        self, entry: ClaimedEntry, merchant: Merchant
    ) -> tuple[CallbackRequest, CallbackResponse]:
        """The request and its response. If the request cannot be written, the response says why."""
        settings = merchant.settings.callbacks
        unsent = CallbackRequest(method=settings.method, url=entry.receiver)
        try:
            request = callback_request(entry, settings, await self._signer(merchant))
        except CallbacksDisabledError as error:
            return unsent, CallbackResponse(problem=str(error), refused=True, contacted=False)
        except (NoCertificateError, SigningKeyUnusable) as error:
            return unsent, CallbackResponse(problem=str(error), contacted=False)
        except Exception as error:
            log.exception("request_failed", callback=str(entry.id))
            kind = type(error).__name__
            problem = f"the request could not be written ({kind}); see the gateway's log"
            return unsent, CallbackResponse(problem=problem, contacted=False)
        return request, await self._sender.send(request, timeout_seconds=settings.timeout_seconds)

    async def _signer(self, merchant: Merchant) -> Signer | None:
        """The signer of this merchant's callbacks; None when they are sent unsigned.

        Raises CallbacksDisabledError, then NoCertificateError.
        """
        settings = merchant.settings.callbacks
        if not settings.enabled:
            raise CallbacksDisabledError(
                "callbacks are switched off for this merchant. Switch them on "
                f"(`altyn merchant set {merchant.login} callbacks.enabled=true`) and resend."
            )
        if settings.checksum is ChecksumKind.SYMMETRIC and settings.key:
            return Signer(alias=None, sign=partial(symmetric, settings.key))
        if settings.checksum is ChecksumKind.ASYMMETRIC:
            key = await self._signing_keys.current(merchant.merchant_id)
            if key is None:
                raise NoCertificateError(
                    "the merchant has no certificate for signing callbacks. Create one "
                    f"(`altyn merchant certificate {merchant.login} --new`)."
                )
            return Signer(alias=key.alias, sign=partial(asymmetric, key.private_key))
        return None


def _problem(response: CallbackResponse) -> str | None:
    """Why the delivery failed, in words; None after a success."""
    if response.delivered or response.problem is not None:
        return response.problem
    return f"the shop answered with status {response.status} instead of 200"
