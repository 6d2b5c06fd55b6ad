"""The 3-D Secure port for production, which has no connector to a directory server.

Every request gets a communication error. So payments of a merchant with 3-D Secure are declined
(151017); they are never made without authentication.
"""

from altyn.protocol.threeds import (
    AuthenticationAnswer,
    AuthenticationRequest,
    ChallengeResult,
    Enrolment,
    EnrolmentRequest,
    TransStatus,
)
from altyn.protocol.threeds_version1 import PaRes


class NoDirectory:
    """Implements the `ThreeDS` port without a directory server."""

    async def enrolment(self, request: EnrolmentRequest) -> Enrolment:
        """An enrolment with a communication error."""
        return Enrolment(ve_res=None, version=request.version)

    async def authenticate(self, request: AuthenticationRequest) -> AuthenticationAnswer:  # noqa: ARG002 - the port's shape
        """The status UNKNOWN with an error."""
        return AuthenticationAnswer(
            trans_status=TransStatus.UNKNOWN, acs_trans_id="", error="no directory server"
        )

    async def challenge_result(self, server_trans_id: str) -> ChallengeResult | None:  # noqa: ARG002 - the port's shape
        """None: there is never a challenge."""
        return None

    def read_pa_res(self, pa_res: str) -> PaRes | None:  # noqa: ARG002 - the port's shape
        """None: no PaRes has a valid signature."""
        return None
