"""Implements the `ThreeDS` port with a directory server and its ACS.

The sandbox calls the directory simulator in this process. An exception becomes a communication
error (151017).
"""

from typing import Protocol

import structlog

from altyn.protocol.threeds import (
    AuthenticationAnswer,
    AuthenticationRequest,
    ChallengeResult,
    Enrolment,
    EnrolmentRequest,
    ThreeDSFormatError,
    TransStatus,
)
from altyn.protocol.threeds_version1 import PaRes, parse_pares

log = structlog.get_logger("altyn.threeds")


class Directory(Protocol):
    """The calls of a directory server that this connector needs."""

    async def enrolment(self, request: EnrolmentRequest) -> Enrolment: ...
    async def authenticate(self, request: AuthenticationRequest) -> AuthenticationAnswer: ...
    async def challenge_result(self, threeds_server_trans_id: str) -> ChallengeResult | None: ...


class DirectoryConnector:
    """Implements the `ThreeDS` port. `acs_key` is the key with which the ACS signs a PaRes."""

    def __init__(self, directory: Directory, acs_key: bytes) -> None:
        self._directory = directory
        self._acs_key = acs_key

    async def enrolment(self, request: EnrolmentRequest) -> Enrolment:
        """Whether the card is enrolled; `ve_res` is None after a communication error."""
        try:
            return await self._directory.enrolment(request)
        except Exception:
            log.exception("directory_failed", call="enrolment")
            return Enrolment(ve_res=None, version=request.version)

    async def authenticate(self, request: AuthenticationRequest) -> AuthenticationAnswer:
        """3-D Secure 2: the authentication by the ACS; UNKNOWN after a communication error."""
        try:
            return await self._directory.authenticate(request)
        except Exception:
            log.exception("directory_failed", call="authenticate")
            return AuthenticationAnswer(
                trans_status=TransStatus.UNKNOWN, acs_trans_id="", error="not reached"
            )

    async def challenge_result(self, server_trans_id: str) -> ChallengeResult | None:
        """The result of a challenge from the ACS; None while there is none, or after an error."""
        try:
            return await self._directory.challenge_result(server_trans_id)
        except Exception:
            log.exception("directory_failed", call="challenge_result")
            return None

    def read_pa_res(self, pa_res: str) -> PaRes | None:
        """The PaRes that the payer's browser returned; None when its signature is wrong."""
        try:
            return parse_pares(pa_res, self._acs_key)
        except ThreeDSFormatError as error:
            log.info("pares_refused", rule=str(error))
            return None
