"""Mails from the change of an order to the mailbox or the SMTP server.

Gateway and PostgreSQL are real, the SMTP server is a stand-in on a port; only the clock is moved.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from altyn.domain.mail import MailDue, mail_entries
from altyn.operations.mails import NotNeeded, NotReady
from altyn.operations.payer_mails import PAYMENT_MAIL, SKIP
from altyn.storage.database import connect
from altyn.storage.mailbox import Mailbox
from altyn.storage.outbox import OutboxStore
from tests.forked import ForkedProcess
from tests.integration.mail.hanging_gateway import send_mails
from tests.integration.mail.mails import (
    FROM,
    PAYER,
    NoteTemplate,
    a_note,
    a_shop,
    send_note,
    states,
    until,
    until_states,
)
from tests.processes import end_leases
from tests.shop import Shop, open_shop
from tests.smtp_server import an_smtp_server

SANDBOX_HOST: Final = "sandbox.test"


def smtp_settings(port: int) -> dict[str, Any]:
    return {"smtp_url": f"smtp://127.0.0.1:{port}", "mail_from": FROM}


async def paid(shop: Shop, *, two_phase: bool = False, **more: object) -> str:
    order_id = await shop.register(1500_00, two_phase=two_phase, **{"email": PAYER, **more})
    answer = await shop.pay(order_id)
    assert "redirect" in answer, answer
    return order_id


async def mailbox(shop: Shop, order_id: str) -> list[dict[str, Any]]:
    """The mails of an order in the sandbox's mailbox, oldest first."""
    rows = await shop.pool.fetch(
        "SELECT * FROM mails WHERE order_id = $1 ORDER BY version", order_id
    )
    return [dict(row) for row in rows]


async def test_payer_of_the_sandbox_gets_a_mail_into_the_mailbox(
    database_url: str, tmp_path: Path
) -> None:
    async with a_shop(database_url, tmp_path) as shop:
        order_id = await paid(shop, description="Чай & кофе")
        await until_states(shop, order_id, "delivered")
        [mail] = await mailbox(shop, order_id)
    assert mail["recipient"] == PAYER
    assert mail["subject"] == "Заказ оплачен: 1\u202f500,00\u00a0₽, Демо-магазин"
    assert mail["sender"] == f"Демо-магазин <altyn@{SANDBOX_HOST}>"
    assert "Описание: Чай & кофе" in mail["text"]
    assert "Чай &amp; кофе" in mail["html"]
    assert "<script" not in mail["html"]


async def test_two_stage_payment_has_a_mail_for_the_hold_and_one_for_the_deposit(
    database_url: str, tmp_path: Path
) -> None:
    async with a_shop(database_url, tmp_path) as shop:
        order_id = await paid(shop, two_phase=True, language="en")
        await shop.call("deposit.do", orderId=order_id, amount=1000_00)
        await until_states(shop, order_id, "delivered", "delivered")
        held, taken = await mailbox(shop, order_id)
    assert held["subject"].startswith("The amount is held on your card: 1\u202f500.00")
    assert taken["subject"].startswith("Order paid: 1\u202f000.00")


async def test_feature_suppresses_the_mails_of_one_order(database_url: str, tmp_path: Path) -> None:
    async with a_shop(database_url, tmp_path) as shop:
        order_id = await paid(shop, features=SKIP)
        assert await states(shop, order_id) == []


async def test_order_without_an_address_is_refused(database_url: str, tmp_path: Path) -> None:
    async with a_shop(database_url, tmp_path) as shop:
        fields = {"amount": 100, "orderNumber": "no-mail", "returnUrl": "https://shop.example/"}
        missing = await shop.call("register.do", **fields)
        wrong = await shop.call("register.do", **fields, email="nobody at all")
        suppressed = await shop.call("register.do", **fields, features=SKIP)
    assert missing["errorCode"] == wrong["errorCode"] == "5"
    assert "email" in missing["errorMessage"]
    assert "orderId" in suppressed


async def test_mail_is_sent_over_smtp_where_a_server_is_set(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        an_smtp_server() as stand_in,
        a_shop(database_url, tmp_path, **smtp_settings(stand_in.port)) as shop,
    ):
        order_id = await paid(shop)
        await until_states(shop, order_id, "delivered")
        assert await mailbox(shop, order_id) == []
    [accepted] = stand_in.accepted
    message = accepted.message
    assert str(message["From"]) == f"Демо-магазин <{FROM}>"
    assert str(message["Message-ID"]).startswith(f"<{order_id}.")


async def test_server_that_is_busy_gets_the_mail_later(database_url: str, tmp_path: Path) -> None:
    def busy_once(command: str, time: int) -> str | None:
        return "451 try again later" if command == "RCPT" and time == 1 else None

    async with (
        an_smtp_server(busy_once) as stand_in,
        a_shop(database_url, tmp_path, **smtp_settings(stand_in.port)) as shop,
    ):
        order_id = await paid(shop)

        async def has_failed() -> bool:
            return any(problem for _, problem in await states(shop, order_id))

        await until(has_failed)
        [(state, problem)] = await states(shop, order_id)
        assert state == "waiting"
        assert "451 try again later" in (problem or "")
        await shop.travel(timedelta(minutes=1))
        assert await until_states(shop, order_id, "delivered") == [None]
    assert len(stand_in.accepted) == 1


async def test_server_that_refuses_the_address_ends_the_mail(
    database_url: str, tmp_path: Path
) -> None:
    def refuse(command: str, _: int) -> str | None:
        return "550 no such user" if command == "RCPT" else None

    async with (
        an_smtp_server(refuse) as stand_in,
        a_shop(database_url, tmp_path, **smtp_settings(stand_in.port)) as shop,
    ):
        order_id = await paid(shop)
        [problem] = await until_states(shop, order_id, "dead")
    assert "550 no such user" in (problem or "")


async def test_mail_of_a_killed_process_is_sent_again_with_the_same_id(
    own_database_url: str, tmp_path: Path
) -> None:
    def silent_once(command: str, time: int) -> str | None:
        return "" if command == "." and time == 1 else None

    async with an_smtp_server(silent_once) as stand_in:
        order_id = await _order_with_a_mail(own_database_url, tmp_path)
        process = _sending_process(own_database_url, tmp_path, stand_in.port)
        try:
            await stand_in.until(lambda server: "." in server.commands)
        finally:
            process.kill()
        async with a_shop(own_database_url, tmp_path, **smtp_settings(stand_in.port)) as shop:
            await end_leases(shop.pool)
            await until_states(shop, order_id, "delivered")
            assert await shop.pool.fetchval("SELECT attempts FROM outbox") == 2
    [accepted] = stand_in.accepted
    assert str(accepted.message["Message-ID"]) == f"<{order_id}.9.1@shop.example>"


async def _order_with_a_mail(database_url: str, home: Path) -> str:
    """An order whose mail waits in the outbox; no gateway runs."""
    async with open_shop(database_url, home) as shop:
        order_id = await shop.paid(1500_00)
        pool = await connect(database_url, pool_size=1)
        key, now = await shop.key(order_id), shop.clock.now()
    try:
        due = MailDue(
            reason=PAYMENT_MAIL, to=PAYER, parameters={"operation": "deposited", "amount": "150000"}
        )
        await OutboxStore(pool).add(key.merchant_id, key.order_id, 9, mail_entries(due), now)
    finally:
        await pool.close()
    return order_id


def _sending_process(database_url: str, home: Path, port: int) -> ForkedProcess:
    smtp_url = f"smtp://127.0.0.1:{port}"
    return ForkedProcess(send_mails, database_url, home, smtp_url, environment=os.environ)


async def test_template_that_is_not_ready_is_asked_again_without_a_failure(
    database_url: str, tmp_path: Path
) -> None:
    ready: list[bool] = []
    template = NoteTemplate(
        lambda request: a_note(request) if ready else NotReady("a receipt", timedelta(minutes=1))
    )
    async with a_shop(database_url, tmp_path, template.extensions) as shop:
        order_id = await shop.register(100, email=PAYER)
        await send_note(shop, order_id, "at last")

        async def was_asked() -> bool:
            return [problem for _, problem in await states(shop, order_id)] == ["a receipt"]

        await until(was_asked)
        ready.append(True)
        await shop.travel(timedelta(minutes=1))
        await until_states(shop, order_id, "delivered")
        row = await shop.pool.fetchrow(
            "SELECT failures FROM outbox WHERE subject_id = $1", order_id
        )
        assert row is not None
        assert row["failures"] == 0
        [mail] = await mailbox(shop, order_id)
    assert mail["subject"] == "at last"
    assert template.requests[0].parameters == {"text": "at last"}


async def test_mail_that_waits_delays_no_mail_of_another_reason(
    database_url: str, tmp_path: Path
) -> None:
    template = NoteTemplate(lambda _: NotReady("a receipt", timedelta(days=1)))
    async with a_shop(database_url, tmp_path, template.extensions) as shop:
        order_id = await shop.register(100, email=PAYER)
        await send_note(shop, order_id, "later")
        await shop.pay(order_id)
        await until_states(shop, order_id, "waiting", "delivered")


async def test_template_can_end_a_mail(database_url: str, tmp_path: Path) -> None:
    template = NoteTemplate(lambda _: NotNeeded("the receipt was not registered"))
    async with a_shop(database_url, tmp_path, template.extensions) as shop:
        order_id = await shop.register(100, email=PAYER)
        await send_note(shop, order_id, "never")
        assert await until_states(shop, order_id, "dead") == ["the receipt was not registered"]


async def test_each_of_several_addresses_has_a_mail_of_its_own(
    database_url: str, tmp_path: Path
) -> None:
    template = NoteTemplate()
    async with a_shop(database_url, tmp_path, template.extensions) as shop:
        order_id = await shop.register(100, email=PAYER)
        await send_note(shop, order_id, "both", to="a@example.org,b@example.org,nobody")
        problems = await until_states(shop, order_id, "delivered", "delivered", "dead")
        mails = await mailbox(shop, order_id)
    assert "'nobody' is no e-mail address" in (problems[2] or "")
    assert {mail["recipient"] for mail in mails} == {"a@example.org", "b@example.org"}


async def test_mailbox_keeps_the_newest_mails_only(database_url: str, tmp_path: Path) -> None:
    template = NoteTemplate()
    async with a_shop(database_url, tmp_path, template.extensions) as shop:
        order_id = await shop.register(100, email=PAYER)
        for number in range(3):
            await send_note(shop, order_id, f"mail {number}")
            await until_states(shop, order_id, *["delivered"] * (number + 1))
            await shop.travel(timedelta(hours=1))
        box = Mailbox(shop.pool, shop.gateway.settings.mail_sender)
        now = shop.clock.now()
        await box.purge(before=now - timedelta(days=1), keep=2)
        assert [each.subject for each in await box.newest(limit=10)] == ["mail 2", "mail 1"]
        await box.purge(before=now - timedelta(minutes=90), keep=10)
        assert [each.subject for each in await box.newest(limit=10)] == ["mail 2"]
