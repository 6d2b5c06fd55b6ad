"""The directory server and the ACS behind it, through the `ThreeDS` port.

The pretended directory of the sandbox is asked in this process; whatever breaks on the way is a
communication error (151017), never an exception.
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
    """The part of a directory server that this connector speaks to."""

    async def enrolment(self, request: EnrolmentRequest) -> Enrolment: ...
    async def authenticate(self, request: AuthenticationRequest) -> AuthenticationAnswer: ...
    async def challenge_result(self, threeds_server_trans_id: str) -> ChallengeResult | None: ...


class DirectoryConnector:
    """The `ThreeDS` port. `acs_key` is what the schemes say the ACS signs PaRes with."""

    def __init__(self, directory: Directory, acs_key: bytes) -> None:
        self._directory = directory
        self._acs_key = acs_key

    async def enrolment(self, request: EnrolmentRequest) -> Enrolment:
        """Whether the card takes part; `ve_res` None when the directory cannot be asked."""
        try:
            return await self._directory.enrolment(request)
        except Exception:
            log.exception("directory_failed", asked="enrolment")
            return Enrolment(ve_res=None, version=request.version)

    async def authenticate(self, request: AuthenticationRequest) -> AuthenticationAnswer:
        """3-D Secure 2: ask the ACS to authenticate; UNKNOWN when it cannot be asked."""
        try:
            return await self._directory.authenticate(request)
        except Exception:
            log.exception("directory_failed", asked="authenticate")
            return AuthenticationAnswer(
                trans_status=TransStatus.UNKNOWN, acs_trans_id="", error="not reached"
            )

    async def challenge_result(self, server_trans_id: str) -> ChallengeResult | None:
        """The ACS's own word on a challenge; None when it has not spoken."""
        try:
            return await self._directory.challenge_result(server_trans_id)
        except Exception:
            log.exception("directory_failed", asked="challenge_result")
            return None

    def read_pa_res(self, pa_res: str) -> PaRes | None:
        """What the payer brought back from the ACS; None when it is not signed by it."""
        try:
            return parse_pares(pa_res, self._acs_key)
        except ThreeDSFormatError as error:
            log.info("pares_refused", rule=str(error))
            return None
