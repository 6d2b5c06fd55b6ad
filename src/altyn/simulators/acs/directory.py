"""The simulator of the directory server: which cards are enrolled, and how they authenticate.

The gateway calls it as it calls a scheme's server; the payer's browser opens the pages of
`acs/http.py`.
Source: codes.md §5.1 and §9; payment-page.md §4.
"""

from __future__ import annotations

import secrets
from typing import Final, Literal

from altyn.protocol.eci import AuthenticationLevel as Level
from altyn.protocol.eci import eci
from altyn.protocol.test_cards import Tds2, TestCard, lookup
from altyn.protocol.threeds import (
    AuthenticationAnswer,
    AuthenticationRequest,
    ChallengeResult,
    Enrolment,
    EnrolmentRequest,
    ThreeDSFormatError,
    TransStatus,
    VeRes,
    check_url,
)
from altyn.simulators.acs import keys
from altyn.simulators.acs.authentications import Account, Authentication, Authentications
from altyn.simulators.database import Pool

_ARES: Final = {
    Tds2.FRICTIONLESS: TransStatus.AUTHENTICATED,
    Tds2.FRICTIONLESS_FAIL: TransStatus.FAILED,
    Tds2.CHALLENGE: TransStatus.CHALLENGE,
    Tds2.ATTEMPT: TransStatus.ATTEMPTED,
}
_LEVEL: Final = {
    TransStatus.AUTHENTICATED: Level.FULL,
    TransStatus.ATTEMPTED: Level.ATTEMPT,
}
_VERSION: Final[dict[str, Literal["1", "2"]]] = {"tds1": "1", "tds2": "2"}


class DirectoryServer:
    """One directory for all cards. Its state is in the database: any process may serve any step.

    `key` signs PaRes; the gateway needs it too. `base_url` is the address of the ACS for browsers:
    scheme and host, no slash at the end.
    """

    def __init__(self, pool: Pool, key: bytes, base_url: str) -> None:
        self.key: Final = key
        self.authentications: Final = Authentications(pool)
        self._base_url = base_url.rstrip("/")

    @staticmethod
    async def prepare(pool: Pool) -> None:
        """Create the tables if they are missing; safe for concurrent processes."""
        await Authentications.prepare(pool)

    def account(self, request: EnrolmentRequest) -> str:
        """The account of a PAN in a PaReq; always the same for one PAN."""
        return keys.derived(self.key, "account", request.pan.reveal())

    async def enrolment(self, request: EnrolmentRequest) -> Enrolment:
        """VERes: whether the card is enrolled, and in which version.

        The card's row decides the version; if it names both versions, the request decides. A number
        that is not a test card is not enrolled.
        """
        preferred: Literal["1", "2"] = "2" if request.version == "2" else "1"
        card = lookup(request.pan.reveal(), tds_version=preferred)
        if card is None:
            return Enrolment(ve_res=VeRes.NOT_ENROLLED, version=preferred)
        version = _VERSION.get(card.protocol, preferred)
        if card.tds_unreachable:
            return Enrolment(ve_res=None, version=version)
        if version == "2":
            return self._enrolment_2(card)
        return await self._enrolment_1(card, request)

    async def _enrolment_1(self, card: TestCard, request: EnrolmentRequest) -> Enrolment:
        ve_res = card.tds1 or VeRes.NOT_ENROLLED
        if ve_res is not VeRes.ENROLLED or card.pares is None:
            return Enrolment(ve_res=ve_res, version="1")
        account = Account(
            account=self.account(request),
            card=request.pan.masked,
            pares=card.pares,
            eci=_eci(card, card.pares),
            code=card.acs_code,
        )
        await self.authentications.save_account(account)
        return Enrolment(
            ve_res=ve_res,
            version="1",
            acs_url=f"{self._base_url}/acs/pareq",
            account=account.account,
        )

    def _enrolment_2(self, card: TestCard) -> Enrolment:
        if card.tds2 not in _ARES:
            return Enrolment(ve_res=VeRes.NOT_ENROLLED, version="2")
        return Enrolment(
            ve_res=VeRes.ENROLLED, version="2", method_url=f"{self._base_url}/acs/method"
        )

    async def authenticate(self, request: AuthenticationRequest) -> AuthenticationAnswer:
        """ARes: authenticated, failed, or a challenge. A repeated AReq gets the same ARes.

        An AReq that cannot be served (an invalid notification URL, not a card of version 2) gets
        the status U and an error text.
        """
        try:
            check_url(request.notification_url)
        except ThreeDSFormatError as error:
            return _error_response(str(error))
        card = lookup(request.pan.reveal(), tds_version="2")
        if card is None or card.tds_unreachable or card.tds2 not in _ARES:
            return _error_response("the card is not enrolled in version 2")
        new = self._begin(request, card, secrets.token_hex(16))
        current = await self.authentications.begin(new)
        return self._answer(current)

    def _begin(
        self, request: AuthenticationRequest, card: TestCard, acs_trans_id: str
    ) -> Authentication:
        assert card.tds2 is not None
        status = _ARES[card.tds2]
        challenge = status is TransStatus.CHALLENGE
        on_success = TransStatus.AUTHENTICATED if challenge else status
        return Authentication(
            id=acs_trans_id,
            server_trans_id=request.threeds_server_trans_id,
            message_version=request.message_version,
            merchant=request.merchant,
            amount_minor=request.amount_minor,
            currency=request.currency,
            card=request.pan.masked,
            return_url=request.notification_url,
            code=card.acs_code if challenge else None,
            on_success=on_success,
            status=None if challenge else status,
            cavv=keys.cavv(self.key, acs_trans_id),
            eci=_eci(card, on_success),
        )

    def _answer(self, current: Authentication) -> AuthenticationAnswer:
        if current.code is not None:
            return AuthenticationAnswer(
                trans_status=TransStatus.CHALLENGE,
                acs_trans_id=current.id,
                acs_url=f"{self._base_url}/acs/challenge",
            )
        assert current.status is not None
        cavv, eci_value = current.proof
        return AuthenticationAnswer(
            trans_status=current.status, acs_trans_id=current.id, cavv=cavv, eci=eci_value
        )

    async def challenge_result(self, threeds_server_trans_id: str) -> ChallengeResult | None:
        """RReq: the result of a challenge; None while it is open, or if there was no challenge.

        The gateway trusts this result, not the CRes, which comes from the browser.
        """
        current = await self.authentications.of_server_trans_id(threeds_server_trans_id)
        if current is None or current.code is None or current.status is None:
            return None
        cavv, eci_value = current.proof
        return ChallengeResult(
            trans_status=current.status, cavv=cavv, eci=eci_value, cancelled=current.cancelled
        )


def _eci(card: TestCard, status: TransStatus) -> int | None:
    level = _LEVEL.get(status)
    return eci(card.system, level) if level else None


def _error_response(error: str) -> AuthenticationAnswer:
    return AuthenticationAnswer(trans_status=TransStatus.UNKNOWN, acs_trans_id="", error=error)
