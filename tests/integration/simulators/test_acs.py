"""The directory server and ACS simulators: every kind of authentication, and hostile requests."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from altyn.domain.card.values import Pan
from altyn.protocol.threeds import (
    ChallengeResult,
    EnrolmentRequest,
    TransStatus,
    VeRes,
)
from altyn.protocol.threeds_version1 import (
    new_xid,
)
from altyn.protocol.threeds_version2 import CReq, CRes, MethodData, pack, unpack
from altyn.simulators.acs import DirectoryServer
from altyn.simulators.acs.page import STATIC_PREFIX
from tests.integration.simulators.acs_client import (
    ATTEMPT,
    CHALLENGE,
    ECOM,
    FRICTIONLESS,
    FULL,
    MIR_CHALLENGE,
    NOTIFICATION_URL,
    PARES_UNKNOWN,
    AcsClient,
    areq,
)


async def test_schema_can_be_prepared_concurrently(empty_database_url: str) -> None:
    async with asyncpg.create_pool(empty_database_url, min_size=8, max_size=8) as pool:
        await asyncio.gather(*(DirectoryServer.prepare(pool) for _ in range(8)))
        assert await pool.fetchval("SELECT count(*) FROM simulators.acs_accounts") == 0


# ── Enrolment ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("pan", "requested", "ve_res", "version"),
    [
        (FULL, "1", VeRes.ENROLLED, "1"),
        (FULL, "2", VeRes.ENROLLED, "2"),
        (CHALLENGE, "1", VeRes.NOT_ENROLLED, "1"),
        (CHALLENGE, "2", VeRes.ENROLLED, "2"),
        ("4000000000000002", "1", VeRes.UNKNOWN, "1"),
        ("4444444499999999", "1", None, "1"),
        (FRICTIONLESS, "1", VeRes.ENROLLED, "2"),
        (ECOM, "2", VeRes.ENROLLED, "1"),
        ("2202206100040083", "1", VeRes.NOT_ENROLLED, "1"),
        ("2202206100040083", "2", VeRes.NOT_ENROLLED, "2"),
        ("4276000000000000", "2", VeRes.NOT_ENROLLED, "2"),
    ],
)
async def test_enrolment(
    acs: AcsClient, pan: str, requested: str, ve_res: VeRes | None, version: str
) -> None:
    enrolment = await acs.enrolment(pan, requested)
    assert (enrolment.ve_res, enrolment.version) == (ve_res, version)
    enrolled = ve_res is VeRes.ENROLLED
    assert bool(enrolment.acs_url and enrolment.account) == (enrolled and version == "1")
    assert bool(enrolment.method_url) == (enrolled and version == "2")


async def test_account_identifies_a_card_without_its_pan(acs: AcsClient) -> None:
    enrolment = await acs.enrolment(FULL)
    assert enrolment.account == acs.directory.account(EnrolmentRequest(pan=Pan(FULL), version="1"))
    assert FULL not in enrolment.account
    await acs.open(await acs.pareq(FULL))
    for table in ("acs_accounts", "acs_authentications"):
        rows = await acs.pool.fetch(f"SELECT t::text AS row FROM simulators.{table} AS t")  # noqa: S608
        assert rows
        assert not any(FULL in row["row"] for row in rows)


# ── Version 1 ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("pan", "code", "eci"), [(FULL, "12345678", 5), (ECOM, "111111", 2)])
async def test_correct_code_authenticates(acs: AcsClient, pan: str, code: str, eci: int) -> None:
    pareq = await acs.pareq(pan)
    page = await acs.open(pareq)
    assert "<script>" not in page.text
    pares = acs.pares(await acs.press(page, code))
    assert (pares.status, pares.eci) == (TransStatus.AUTHENTICATED, eci)
    assert (pares.xid, pares.message_id) == (pareq.xid, pareq.message_id)
    assert len(base64.b64decode(pares.cavv or "")) == 20


@pytest.mark.parametrize(
    ("pan", "status", "eci"),
    [(ATTEMPT, TransStatus.ATTEMPTED, 1), (PARES_UNKNOWN, TransStatus.UNKNOWN, None)],
)
async def test_some_cards_authenticate_without_a_code(
    acs: AcsClient, pan: str, status: TransStatus, eci: int | None
) -> None:
    pares = acs.pares(await acs.open(await acs.pareq(pan)))
    assert (pares.status, pares.eci) == (status, eci)
    assert (pares.cavv is not None) == (eci is not None)


async def test_three_wrong_codes_fail_for_good(acs: AcsClient) -> None:
    first = await acs.open(await acs.pareq(FULL))
    second = await acs.press(first, "00000000")
    assert "<form" in second.text
    assert "PaRes" not in second.form.fields
    await acs.press(first, "00000000")
    for page in (first, second):
        pares = acs.pares(await acs.press(page, "00000000"))
        assert (pares.status, pares.cavv, pares.eci) == (TransStatus.FAILED, None, None)
    late = acs.pares(await acs.press(first, "12345678"))
    assert late.status is TransStatus.FAILED


async def test_correct_code_after_two_wrong_ones_passes(acs: AcsClient) -> None:
    page = await acs.open(await acs.pareq(FULL))
    for _ in range(2):
        page = await acs.press(page, "1")
    assert acs.pares(await acs.press(page, " 12345678 ")).status is TransStatus.AUTHENTICATED


async def test_concurrent_guesses_are_limited_to_three(acs: AcsClient) -> None:
    page = await acs.open(await acs.pareq(FULL))
    guesses = (acs.press(page, f"{guess:08d}") for guess in range(10))
    await asyncio.gather(*guesses)
    assert acs.pares(await acs.press(page, "12345678")).status is TransStatus.FAILED
    assert await acs.pool.fetchval("SELECT max(tries) FROM simulators.acs_authentications") == 3


async def test_cancelled_authentication_fails(acs: AcsClient) -> None:
    page = await acs.open(await acs.pareq(FULL))
    pares = acs.pares(await acs.press(page, "12345678", "cancel"))
    assert pares.status is TransStatus.FAILED


async def test_repeated_pareq_continues_its_authentication(acs: AcsClient) -> None:
    pareq = await acs.pareq(FULL)
    answered = acs.pares(await acs.press(await acs.open(pareq), "12345678"))
    assert acs.pares(await acs.open(pareq)) == answered
    another = await acs.open(replace(pareq, xid=new_xid()))
    assert "PaRes" not in another.form.fields


async def test_pareq_for_an_unknown_card_is_refused(acs: AcsClient) -> None:
    pareq = replace(await acs.pareq(FULL), account="unknown")
    assert (await acs.open(pareq)).status == 400


# ── Version 2 ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("pan", "status", "eci"),
    [
        (FRICTIONLESS, TransStatus.AUTHENTICATED, 2),
        (FULL, TransStatus.AUTHENTICATED, 5),
        ("4000001111111118", TransStatus.ATTEMPTED, 6),
        ("5168494895055780", TransStatus.FAILED, None),
    ],
)
async def test_frictionless_answers(
    acs: AcsClient, pan: str, status: TransStatus, eci: int | None
) -> None:
    request, answer = await acs.authenticate(pan)
    assert (answer.trans_status, answer.eci, answer.error) == (status, eci, None)
    assert (answer.cavv is not None) == (eci is not None)
    assert await acs.directory.authenticate(request) == answer
    assert await acs.directory.challenge_result(request.threeds_server_trans_id) is None


@pytest.mark.parametrize("pan", ["4276000000000000", "2202206100040083"])
async def test_card_that_is_not_enrolled_gets_an_error(acs: AcsClient, pan: str) -> None:
    _, answer = await acs.authenticate(pan)
    assert answer.trans_status is TransStatus.UNKNOWN
    assert answer.error


@pytest.mark.parametrize(
    ("pan", "code", "eci"), [(CHALLENGE, "12345678", 2), (MIR_CHALLENGE, "111111", 2)]
)
async def test_challenge_succeeds_with_the_correct_code(
    acs: AcsClient, pan: str, code: str, eci: int
) -> None:
    trans_id, acs_trans_id, page = await acs.open_challenge(pan)
    assert await acs.directory.challenge_result(trans_id) is None
    back = await acs.press(page, code)
    assert back.form.action == NOTIFICATION_URL
    assert back.form.fields["threeDSSessionData"] == "b3JkZXI"
    assert unpack(back.form.fields["cres"], CRes) == CRes(
        threeds_server_trans_id=trans_id,
        acs_trans_id=acs_trans_id,
        trans_status=TransStatus.AUTHENTICATED,
    )
    result = await acs.directory.challenge_result(trans_id)
    assert result is not None
    assert (result.trans_status, result.eci, result.cancelled) == (
        TransStatus.AUTHENTICATED,
        eci,
        False,
    )
    assert len(base64.b64decode(result.cavv or "")) == 20


@pytest.mark.parametrize("cancelled", [True, False])
async def test_challenge_fails_after_wrong_codes_or_cancel(
    acs: AcsClient, *, cancelled: bool
) -> None:
    trans_id, _, page = await acs.open_challenge(CHALLENGE)
    for _ in range(1 if cancelled else 3):
        assert await acs.directory.challenge_result(trans_id) is None
        page = await acs.press(page, "000", "cancel" if cancelled else "confirm")
    assert unpack(page.form.fields["cres"], CRes).trans_status is TransStatus.FAILED
    assert await acs.directory.challenge_result(trans_id) == ChallengeResult(
        trans_status=TransStatus.FAILED, cancelled=cancelled
    )


async def test_repeated_areq_keeps_its_challenge(acs: AcsClient) -> None:
    request, first = await acs.authenticate(CHALLENGE)
    answers = await asyncio.gather(*(acs.directory.authenticate(request) for _ in range(5)))
    assert set(answers) == {first}


async def test_creq_without_a_challenge_is_refused(acs: AcsClient) -> None:
    trans_id, acs_trans_id, _ = await acs.open_challenge(CHALLENGE)
    frictionless, answer = await acs.authenticate(FRICTIONLESS)
    for creq in (
        CReq(threeds_server_trans_id=trans_id, acs_trans_id="other"),
        CReq(threeds_server_trans_id=str(uuid4()), acs_trans_id=acs_trans_id),
        CReq(
            threeds_server_trans_id=frictionless.threeds_server_trans_id,
            acs_trans_id=answer.acs_trans_id,
        ),
    ):
        assert (await acs.browser.post("/acs/challenge", {"creq": pack(creq)})).status == 400


async def test_notification_url_must_be_http(acs: AcsClient) -> None:
    request = replace(areq(CHALLENGE), notification_url="javascript:alert(1)")
    answer = await acs.directory.authenticate(request)
    assert (answer.trans_status, answer.acs_url) == (TransStatus.UNKNOWN, "")
    assert answer.error == "the address must be http or https"


async def test_method_page_posts_its_notification(acs: AcsClient) -> None:
    method_data = MethodData(
        threeds_server_trans_id="t-1", notification_url="https://g.example/n?a=1&b=2"
    )
    page = await acs.browser.post("/acs/method", {"threeDSMethodData": pack(method_data)})
    assert page.form.action == "https://g.example/n?a=1&b=2"
    notification = unpack(page.form.fields["threeDSMethodData"], MethodData)
    assert notification == MethodData(threeds_server_trans_id="t-1")
    assert "frame-ancestors" not in page.headers["content-security-policy"]


# ── Hostile requests ───────────────────────────────────────────────────────────────────────


async def test_altered_page_state_is_refused(acs: AcsClient) -> None:
    page = await acs.open(await acs.pareq(FULL))
    state = page.form.fields["state"]
    flipped = base64.urlsafe_b64decode(state)
    forged = base64.urlsafe_b64encode(flipped[:-3] + b"x" + flipped[-2:]).decode()
    for wrong in (forged, "", "A", state[:-4], "é", "A" * 20_000):
        form = {"state": wrong, "password": "12345678", "decision": "confirm"}
        answer = await acs.browser.post("/acs/pareq/answer", form)
        assert answer.status == 400


@pytest.mark.parametrize("path", ["/acs/pareq", "/acs/method", "/acs/challenge"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"PaReq=%00&creq=%00&threeDSMethodData=%00",
        b"PaReq=AAAA&creq=AAAA&threeDSMethodData=AAAA",
        b"&".join(b"a=1" for _ in range(1_000)),
        b"x" * 70_000,
    ],
)
async def test_malformed_body_gets_status_400_in_plain_text(
    acs: AcsClient, path: str, body: bytes
) -> None:
    answer = await acs.browser.post(path, body=body)
    assert answer.status == 400
    assert answer.headers["content-type"].startswith("text/plain")


async def test_pages_are_not_cached_and_run_only_own_scripts(acs: AcsClient) -> None:
    page = await acs.open(await acs.pareq(FULL))
    back = await acs.press(page, "12345678")
    for answer in (page, back):
        assert answer.headers["cache-control"] == "no-store"
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        # A shop may frame the payment page, and so the challenge.
        assert "frame-ancestors" not in answer.headers["content-security-policy"]
    assert f'{STATIC_PREFIX}/autopost.js"' in back.text
    script = await acs.browser.get(f"{STATIC_PREFIX}/autopost.js")
    assert script.status == 200
    assert script.headers["content-type"].startswith("text/javascript")
    assert (await acs.browser.get(f"{STATIC_PREFIX}/none.js")).status == 404
