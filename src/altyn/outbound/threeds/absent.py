"""No directory server: production without a connector to one takes payments without 3-D Secure.

Every question is answered as a communication error, so a merchant that has 3-D Secure sees its
payments declined (151017) rather than silently unauthenticated.
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
    """The `ThreeDS` port where there is no 3-D Secure."""

    async def enrolment(self, request: EnrolmentRequest) -> Enrolment:
        """The directory cannot be asked."""
        return Enrolment(ve_res=None, version=request.version)

    async def authenticate(self, request: AuthenticationRequest) -> AuthenticationAnswer:  # noqa: ARG002 - the port's shape
        """The ACS cannot be asked."""
        return AuthenticationAnswer(
            trans_status=TransStatus.UNKNOWN, acs_trans_id="", error="no directory server"
        )

    async def challenge_result(self, server_trans_id: str) -> ChallengeResult | None:  # noqa: ARG002 - the port's shape
        """There was no challenge."""
        return None

    def read_pa_res(self, pa_res: str) -> PaRes | None:  # noqa: ARG002 - the port's shape
        """Nobody can have signed it."""
        return None
