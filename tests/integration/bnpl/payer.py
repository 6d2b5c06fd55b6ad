"""A payer who pays in parts on the payment page without scripts, and what the parts come to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from altyn.domain.moscow import start_of_day, to_moscow
from tests.asgi_client import Answer
from tests.audit import audit
from tests.bnpl_audit import audit_parts
from tests.integration.payment_page.page_client import ACS_CODE, PageClient, typed
from tests.shop import ENROLLED, GOOD, Shop

PHONE: Final = "79998887766"
WAIT_SECONDS: Final = 30
TWO_WEEKS: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Payer:
    """One payer with a phone; orders are of 1500.00 roubles unless registered otherwise."""

    client: PageClient
    phone: str = PHONE

    @property
    def shop(self) -> Shop:
        return self.client.shop

    def with_phone(self, phone: str) -> Payer:
        """The same shop with a payer who has another phone."""
        return replace(self, phone=phone)

    # ── The steps of the page ─────────────────────────────────────────────────────────────────────

    async def open(self, order_id: str, file: str = "payment_ru.html", **query: str) -> Answer:
        """Open the step that the payer is at."""
        parameters = {"mdOrder": order_id, "paymentWay": "BNPL", **query}
        return await self.client.http.get(f"/payment/merchants/test/{file}", parameters)

    async def post(self, order_id: str, step: str, **fields: str) -> Answer:
        """Post the form of a step: the answer, or the page that it redirects to."""
        page = await self.open(order_id)
        form = {**page.form.fields, "paymentWay": "BNPL", "partsStep": step, **fields}
        answer = await self.client.fill(order_id, form)
        return await self.open(order_id) if answer.status == 303 else answer

    async def ask_code(self, order_id: str) -> Answer:
        return await self.post(order_id, "phone", phone=self.phone)

    async def type_code(self, order_id: str, code: str = "1111") -> Answer:
        return await self.post(order_id, "code", code=code)

    async def agree(self, order_id: str) -> Answer:
        return await self.post(order_id, "agree", consent="true")

    async def to_card(self, order_id: str) -> Answer:
        """Go through the steps until the card form."""
        await self.ask_code(order_id)
        await self.type_code(order_id)
        return await self.agree(order_id)

    async def pay_first_part(self, order_id: str, pan: str = GOOD) -> Answer:
        """Post the card form; the answer."""
        return await self.client.fill(order_id, {"paymentWay": "BNPL", **typed(pan)})

    async def at_bank(self, order_id: str, code: str | None = ACS_CODE) -> Answer:
        """Pay the first part with an enrolled card, and type a code at its bank (None: cancel)."""
        step = await self.pay_first_part(order_id, ENROLLED)
        page = await self.client.http.post(step.form.action, step.form.fields)
        answer = {
            **page.form.fields,
            "password": code or "",
            "decision": "confirm" if code else "cancel",
        }
        return await self.client.back(await self.client.http.post(page.form.action, answer))

    async def paid(self, method: str = "register.do", pan: str = GOOD, **more: str) -> str:
        """A new order that was paid in parts; its id."""
        order_id = await self.client.register(method, **more)
        await self.to_card(order_id)
        answer = await self.pay_first_part(order_id, pan)
        assert answer.status == 303, answer.text
        return order_id

    # ── What it comes to ──────────────────────────────────────────────────────────────────────────

    async def status(self, order_id: str) -> dict[str, Any]:
        return await self.client.status(order_id)

    async def sums(self, order_id: str) -> tuple[int, int, int, int]:
        """Status, approved, deposited and refunded."""
        shown = await self.shop.see(order_id)
        return shown.status, shown.approved, shown.deposited, shown.refunded

    async def messages(self) -> list[str]:
        """The texts of the SMS on the phone, the newest last."""
        rows = await self.shop.pool.fetch(
            "SELECT text FROM simulators.phone_messages WHERE phone = $1 ORDER BY number",
            self.phone,
        )
        return [row["text"] for row in rows]

    async def plan(self, order_id: str) -> list[tuple[str, int, str, int]]:
        """Day, sum, state and returned sum of each part, as the phone shows them."""
        answer = await self.client.http.get(f"/sandbox/phones/{self.phone}/plans")
        plans = [plan for plan in answer.json()["plans"] if plan["orderId"] == order_id]
        parts = plans[-1]["parts"] if plans else []
        return [(p["date"], p["amount"], p["state"], p["returned"]) for p in parts]

    async def states(self, order_id: str) -> list[tuple[int, str]]:
        """Sum and state of each part."""
        return [(amount, state) for _, amount, state, _ in await self.plan(order_id)]

    async def events(self, order_id: str) -> list[str]:
        """The names of the events in the order's history about later parts."""
        rows = await self.shop.pool.fetch(
            "SELECT event FROM order_events WHERE order_id = $1 AND event LIKE 'instalment%' "
            "ORDER BY version",
            (await self.shop.key(order_id)).order_id,
        )
        return [row["event"] for row in rows]

    async def charges(self, order_id: str) -> list[tuple[int, str, timedelta]]:
        """The part, the event, and when it happened, for each try to charge a later part; the time
        is that since the beginning of the day in Moscow on which the order was paid."""
        rows = await self.shop.pool.fetch(
            "SELECT event, at, detail ->> 'part' AS part FROM order_events WHERE order_id = $1 "
            "AND (event LIKE 'instalment%' OR version = 1) ORDER BY version",
            (await self.shop.key(order_id)).order_id,
        )
        first_day = start_of_day(to_moscow(rows[0]["at"]).date())
        return [(int(row["part"]), row["event"], row["at"] - first_day) for row in rows[1:]]

    async def after(self, by: timedelta) -> None:
        """Move the clock; each part that became due on the way was tried when this returns."""
        await self.shop.travel(by)

    async def must_be_consistent(self) -> None:
        """All books agree: the gateway's, the service's, the bank's."""
        assert await audit(self.shop.pool) == []
        assert await audit_parts(self.shop.pool) == []
