"""A client of the directory and ACS simulators: the gateway's calls and the payer's browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from starlette.applications import Starlette

from altyn.domain.card.values import Pan
from altyn.protocol.threeds import (
    AuthenticationAnswer,
    AuthenticationRequest,
    Enrolment,
    EnrolmentRequest,
    MethodCompletion,
    TransStatus,
    VeRes,
)
from altyn.protocol.threeds_version1 import (
    PaReq,
    PaRes,
    build_pareq,
    new_xid,
    parse_pares,
)
from altyn.protocol.threeds_version2 import CReq, pack
from altyn.simulators.acs import DirectoryServer
from altyn.simulators.database import Pool
from tests.asgi_client import Answer, AsgiClient

KEY: Final = b"acs-key-of-32-bytes-for-the-test"
BASE: Final = "http://gateway.example"
TERM_URL: Final = "https://gateway.example/payment/rest/finish3ds.do?lang=en"
NOTIFICATION_URL: Final = "https://gateway.example/payment/rest/finish3dsVer2.do?lang=en"

FULL: Final = "4111111111111111"  # version 1: Y, Y
ATTEMPT: Final = "639002000000000003"  # version 1: Y, A
PARES_UNKNOWN: Final = "5555555555555557"  # version 1: Y, U
ECOM: Final = "5469980100048525"  # version 1, code 111111, Mastercard
CHALLENGE: Final = "5555555555555599"  # version 2
MIR_CHALLENGE: Final = "2202205300068092"  # version 2, code 111111
FRICTIONLESS: Final = "2202205000012424"  # version 2, MIR


@dataclass
class AcsClient:
    """Calls the directory server as the gateway does, and the ACS as the payer's browser does."""

    directory: DirectoryServer
    app: Starlette
    pool: Pool

    @property
    def browser(self) -> AsgiClient:
        return AsgiClient(self.app)

    async def enrolment(self, pan: str, version: str = "1") -> Enrolment:
        return await self.directory.enrolment(EnrolmentRequest(pan=Pan(pan), version=version))

    async def pareq(self, pan: str) -> PaReq:
        """A PaReq as the gateway builds it after enrolment."""
        enrolment = await self.enrolment(pan)
        assert enrolment.ve_res is VeRes.ENROLLED
        return PaReq(
            message_id=str(uuid4()),
            account=enrolment.account,
            merchant="Лавка <script>",
            amount_minor=2_500_00,
            currency="643",
            xid=new_xid(),
            term_url=TERM_URL,
        )

    async def open(self, pareq: PaReq) -> Answer:
        form = {
            "PaReq": build_pareq(pareq),
            "MD": "order-1",
            "TermUrl": "https://evil.example/",
        }
        return await self.browser.post("/acs/pareq", form)

    async def press(self, page: Answer, typed: str = "", decision: str = "confirm") -> Answer:
        """Type into the page's form and press a button."""
        typed_fields = {"password": typed, "decision": decision}
        return await self.browser.post(page.form.action, {**page.form.fields, **typed_fields})

    def pares(self, page: Answer) -> PaRes:
        """The PaRes on a page that sends the payer back to the gateway."""
        assert page.form.action == TERM_URL
        assert page.form.fields["MD"] == "order-1"
        return parse_pares(page.form.fields["PaRes"], KEY)

    async def authenticate(
        self, pan: str, request: AuthenticationRequest | None = None
    ) -> tuple[AuthenticationRequest, AuthenticationAnswer]:
        request = request or areq(pan)
        return request, await self.directory.authenticate(request)

    async def open_challenge(self, pan: str) -> tuple[str, str, Answer]:
        """Begin a challenge: threeDSServerTransID, acsTransID, and the page with the code field."""
        request, answer = await self.authenticate(pan)
        assert answer.trans_status is TransStatus.CHALLENGE
        assert answer.acs_url == f"{BASE}/acs/challenge"
        assert (answer.cavv, answer.eci) == (None, None)
        trans_id = request.threeds_server_trans_id
        creq = pack(CReq(threeds_server_trans_id=trans_id, acs_trans_id=answer.acs_trans_id))
        form = {"creq": creq, "threeDSSessionData": "b3JkZXI"}
        page = await self.browser.post("/acs/challenge", form)
        assert page.status == 200
        return trans_id, answer.acs_trans_id, page


def areq(pan: str) -> AuthenticationRequest:
    return AuthenticationRequest(
        threeds_server_trans_id=str(uuid4()),
        pan=Pan(pan),
        expiry="202805",
        amount_minor=100_00,
        currency="643",
        merchant="Лавка",
        browser={"userAgent": "test"},
        comp_ind=MethodCompletion.FINISHED,
        notification_url=NOTIFICATION_URL,
    )
