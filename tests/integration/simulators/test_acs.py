"""The pretended directory server and ACS: every way to authenticate, and what a browser may try."""

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
from tests.integration.simulators.asgi import post_form, send
from tests.integration.simulators.scene import (
    ATTEMPT,
    CHALLENGE,
    ECOM,
    FRICTIONLESS,
    FULL,
    MIR_CHALLENGE,
    NOTIFICATION_URL,
    PARES_UNKNOWN,
    Scene,
    areq,
)


async def test_the_schema_may_be_prepared_by_many_at_once(empty_database_url: str) -> None:
    async with asyncpg.create_pool(empty_database_url, min_size=8, max_size=8) as pool:
        await asyncio.gather(*(DirectoryServer.prepare(pool) for _ in range(8)))
        assert await pool.fetchval("SELECT count(*) FROM simulators.acs_accounts") == 0


# ── Enrolment ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("pan", "asked", "ve_res", "version"),
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
    scene: Scene, pan: str, asked: str, ve_res: VeRes | None, version: str
) -> None:
    enrolment = await scene.enrolment(pan, asked)
    assert (enrolment.ve_res, enrolment.version) == (ve_res, version)
    goes_on = ve_res is VeRes.ENROLLED
    assert bool(enrolment.acs_url and enrolment.account) == (goes_on and version == "1")
    assert bool(enrolment.method_url) == (goes_on and version == "2")


async def test_an_account_stands_for_a_card_without_showing_it(scene: Scene) -> None:
    enrolment = await scene.enrolment(FULL)
    assert enrolment.account == scene.directory.account(
        EnrolmentRequest(pan=Pan(FULL), version="1")
    )
    assert FULL not in enrolment.account
    await scene.open(await scene.pareq(FULL))
    for table in ("acs_accounts", "acs_authentications"):
        rows = await scene.pool.fetch(f"SELECT t::text AS row FROM simulators.{table} AS t")  # noqa: S608
        assert rows
        assert not any(FULL in row["row"] for row in rows)


# ── Version 1 ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("pan", "code", "eci"), [(FULL, "12345678", 5), (ECOM, "111111", 2)])
async def test_the_right_code_authenticates(scene: Scene, pan: str, code: str, eci: int) -> None:
    pareq = await scene.pareq(pan)
    page = await scene.open(pareq)
    assert "<script>" not in page.text
    pares = scene.pares(await scene.press(page, code))
    assert (pares.status, pares.eci) == (TransStatus.AUTHENTICATED, eci)
    assert (pares.xid, pares.message_id) == (pareq.xid, pareq.message_id)
    assert len(base64.b64decode(pares.cavv or "")) == 20


@pytest.mark.parametrize(
    ("pan", "status", "eci"),
    [(ATTEMPT, TransStatus.ATTEMPTED, 1), (PARES_UNKNOWN, TransStatus.UNKNOWN, None)],
)
async def test_some_cards_answer_without_the_payer(
    scene: Scene, pan: str, status: TransStatus, eci: int | None
) -> None:
    pares = scene.pares(await scene.open(await scene.pareq(pan)))
    assert (pares.status, pares.eci) == (status, eci)
    assert (pares.cavv is not None) == (eci is not None)


async def test_three_wrong_codes_fail_and_going_back_wins_no_more(scene: Scene) -> None:
    first = await scene.open(await scene.pareq(FULL))
    second = await scene.press(first, "00000000")
    assert "<form" in second.text
    assert "PaRes" not in second.form.fields
    await scene.press(first, "00000000")
    for page in (first, second):
        pares = scene.pares(await scene.press(page, "00000000"))
        assert (pares.status, pares.cavv, pares.eci) == (TransStatus.FAILED, None, None)
    late = scene.pares(await scene.press(first, "12345678"))
    assert late.status is TransStatus.FAILED


async def test_a_right_code_after_wrong_ones_passes(scene: Scene) -> None:
    page = await scene.open(await scene.pareq(FULL))
    for _ in range(2):
        page = await scene.press(page, "1")
    assert scene.pares(await scene.press(page, " 12345678 ")).status is TransStatus.AUTHENTICATED


async def test_many_guesses_at_once_are_three(scene: Scene) -> None:
    page = await scene.open(await scene.pareq(FULL))
    guesses = (scene.press(page, f"{guess:08d}") for guess in range(10))
    await asyncio.gather(*guesses)
    assert scene.pares(await scene.press(page, "12345678")).status is TransStatus.FAILED
    assert await scene.pool.fetchval("SELECT max(tries) FROM simulators.acs_authentications") == 3


async def test_cancelling_fails(scene: Scene) -> None:
    page = await scene.open(await scene.pareq(FULL))
    pares = scene.pares(await scene.press(page, "12345678", "cancel"))
    assert pares.status is TransStatus.FAILED


async def test_the_same_pareq_goes_on_where_it_was(scene: Scene) -> None:
    pareq = await scene.pareq(FULL)
    answered = scene.pares(await scene.press(await scene.open(pareq), "12345678"))
    assert scene.pares(await scene.open(pareq)) == answered
    another = await scene.open(replace(pareq, xid=new_xid()))
    assert "PaRes" not in another.form.fields


async def test_a_pareq_of_no_card_is_refused(scene: Scene) -> None:
    pareq = replace(await scene.pareq(FULL), account="unknown")
    assert (await scene.open(pareq)).status == 400


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
    scene: Scene, pan: str, status: TransStatus, eci: int | None
) -> None:
    request, answer = await scene.authenticate(pan)
    assert (answer.trans_status, answer.eci, answer.error) == (status, eci, None)
    assert (answer.cavv is not None) == (eci is not None)
    assert await scene.directory.authenticate(request) == answer
    assert await scene.directory.challenge_result(request.threeds_server_trans_id) is None


@pytest.mark.parametrize("pan", ["4276000000000000", "2202206100040083"])
async def test_a_card_that_takes_no_part_is_an_error(scene: Scene, pan: str) -> None:
    _, answer = await scene.authenticate(pan)
    assert answer.trans_status is TransStatus.UNKNOWN
    assert answer.error


@pytest.mark.parametrize(
    ("pan", "code", "eci"), [(CHALLENGE, "12345678", 2), (MIR_CHALLENGE, "111111", 2)]
)
async def test_a_challenge_that_succeeds(scene: Scene, pan: str, code: str, eci: int) -> None:
    trans_id, acs_trans_id, page = await scene.open_challenge(pan)
    assert await scene.directory.challenge_result(trans_id) is None
    back = await scene.press(page, code)
    assert back.form.action == NOTIFICATION_URL
    assert back.form.fields["threeDSSessionData"] == "b3JkZXI"
    assert unpack(back.form.fields["cres"], CRes) == CRes(
        threeds_server_trans_id=trans_id,
        acs_trans_id=acs_trans_id,
        trans_status=TransStatus.AUTHENTICATED,
    )
    result = await scene.directory.challenge_result(trans_id)
    assert result is not None
    assert (result.trans_status, result.eci, result.cancelled) == (
        TransStatus.AUTHENTICATED,
        eci,
        False,
    )
    assert len(base64.b64decode(result.cavv or "")) == 20


@pytest.mark.parametrize("cancelled", [True, False])
async def test_a_challenge_that_fails(scene: Scene, *, cancelled: bool) -> None:
    trans_id, _, page = await scene.open_challenge(CHALLENGE)
    for _ in range(1 if cancelled else 3):
        assert await scene.directory.challenge_result(trans_id) is None
        page = await scene.press(page, "000", "cancel" if cancelled else "confirm")
    assert unpack(page.form.fields["cres"], CRes).trans_status is TransStatus.FAILED
    assert await scene.directory.challenge_result(trans_id) == ChallengeResult(
        trans_status=TransStatus.FAILED, cancelled=cancelled
    )


async def test_the_same_areq_keeps_its_challenge(scene: Scene) -> None:
    request, first = await scene.authenticate(CHALLENGE)
    answers = await asyncio.gather(*(scene.directory.authenticate(request) for _ in range(5)))
    assert set(answers) == {first}


async def test_a_creq_of_no_challenge_is_refused(scene: Scene) -> None:
    trans_id, acs_trans_id, _ = await scene.open_challenge(CHALLENGE)
    quiet, answer = await scene.authenticate(FRICTIONLESS)
    for creq in (
        CReq(threeds_server_trans_id=trans_id, acs_trans_id="other"),
        CReq(threeds_server_trans_id=str(uuid4()), acs_trans_id=acs_trans_id),
        CReq(
            threeds_server_trans_id=quiet.threeds_server_trans_id, acs_trans_id=answer.acs_trans_id
        ),
    ):
        assert (await post_form(scene.app, "/acs/challenge", creq=pack(creq))).status == 400


async def test_a_notification_address_must_be_one(scene: Scene) -> None:
    request = replace(areq(CHALLENGE), notification_url="javascript:alert(1)")
    answer = await scene.directory.authenticate(request)
    assert (answer.trans_status, answer.acs_url) == (TransStatus.UNKNOWN, "")
    assert answer.error == "the address must be http or https"


async def test_the_method_reports_back(scene: Scene) -> None:
    asked = MethodData(
        threeds_server_trans_id="t-1", notification_url="https://g.example/n?a=1&b=2"
    )
    page = await post_form(scene.app, "/acs/method", threeDSMethodData=pack(asked))
    assert page.form.action == "https://g.example/n?a=1&b=2"
    told = unpack(page.form.fields["threeDSMethodData"], MethodData)
    assert told == MethodData(threeds_server_trans_id="t-1")
    assert "frame-ancestors" not in page.headers["content-security-policy"]


# ── What a browser may try ───────────────────────────────────────────────────────────────────────


async def test_a_page_state_cannot_be_changed(scene: Scene) -> None:
    page = await scene.open(await scene.pareq(FULL))
    state = page.form.fields["state"]
    flipped = base64.urlsafe_b64decode(state)
    forged = base64.urlsafe_b64encode(flipped[:-3] + b"x" + flipped[-2:]).decode()
    for wrong in (forged, "", "A", state[:-4], "é", "A" * 20_000):
        answer = await post_form(
            scene.app, "/acs/pareq/answer", state=wrong, password="12345678", decision="confirm"
        )
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
async def test_garbage_is_a_400_in_plain_text(scene: Scene, path: str, body: bytes) -> None:
    answer = await send(scene.app, path, body)
    assert answer.status == 400
    assert answer.headers["content-type"].startswith("text/plain")


async def test_pages_are_not_stored_and_run_no_foreign_script(scene: Scene) -> None:
    page = await scene.open(await scene.pareq(FULL))
    back = await scene.press(page, "12345678")
    for answer in (page, back):
        assert answer.headers["cache-control"] == "no-store"
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert f'{STATIC_PREFIX}/autopost.js"' in back.text
    script = await send(scene.app, f"{STATIC_PREFIX}/autopost.js", method="GET")
    assert script.status == 200
    assert script.headers["content-type"].startswith("text/javascript")
    assert (await send(scene.app, f"{STATIC_PREFIX}/none.js", method="GET")).status == 404
