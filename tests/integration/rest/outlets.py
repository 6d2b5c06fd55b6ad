"""Everything by which a text can leave the gateway, kept for a test to search.

That is each answer of REST, SOAP and the pages with its headers, each line of the log as it is
written, each callback request that was sent, and each row of each table.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote_plus

import structlog

from altyn.inbound.soap.endpoint import PATH
from altyn.logs import configure_logging
from altyn.main import Gateway
from altyn.storage.demo import DEMO_API_LOGIN, DEMO_PASSWORD
from tests.asgi_client import Answer, AsgiClient
from tests.receiver import Receiver
from tests.soap import Values, envelope, wrapper

WHO: Final = {"userName": DEMO_API_LOGIN, "password": DEMO_PASSWORD}
XML: Final = (("content-type", "text/xml; charset=UTF-8"),)
TABLES: Final = """SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"""
_SEPARATORS: Final = re.compile(r"[ .+\-\u00a0]")


@dataclass
class Outlets:
    """Sends requests as the demo shop and its payers do, and keeps what comes out.

    `read_log` gives what the gateway has logged since the last call.
    """

    gateway: Gateway
    receiver: Receiver
    read_log: Callable[[], str]
    answers: list[tuple[str, str]] = field(default_factory=list)

    async def post(self, path: str, form: Mapping[str, str]) -> Answer:
        """POST a form; `path` is the request's name among the answers."""
        return self._kept(path, await AsgiClient(self.gateway.router).post(path, form))

    async def rest(self, method: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """A method of the protocol with the shop's credentials; `fields` may replace them."""
        answer = await self.post(f"/payment/rest/{method}", {**WHO, **fields})
        members: dict[str, Any] = answer.json()
        return members

    async def soap(self, operation: str, values: Values) -> str:
        """An operation of SOAP; the text of its answer."""
        body = envelope(wrapper(operation, values), *WHO.values())
        answer = await AsgiClient(self.gateway.router).post(PATH, body=body, headers=XML)
        return self._kept(operation, answer).text

    async def look_at(self, order_id: str) -> None:
        """Ask for everything that the gateway shows of an order."""
        for path, form in (
            ("/payment/rest/getOrderStatusExtended.do", {**WHO, "orderId": order_id}),
            ("/payment/rest/getReceiptStatus.do", {**WHO, "orderId": order_id}),
            ("/payment/rest/getSessionStatus.do", {"MDORDER": order_id, "paramNames": "a"}),
        ):
            await self.post(path, form)
        await self.soap("getOrderStatusExtended", {"orderId": order_id})
        client = AsgiClient(self.gateway.router)
        for page in ("payment_ru.html", "errors_ru.html", "finish.html"):
            address = f"/payment/merchants/test/{page}"
            shown = await client.get(address, {"mdOrder": order_id, "orderId": order_id})
            self._kept(page, shown)

    def _kept(self, name: str, answer: Answer) -> Answer:
        self.answers.append((name, f"{answer.headers}\n{answer.text}"))
        return answer

    async def with_digits(self, digits: str) -> list[str]:
        """All that came out with these digits, whatever separates them; each with its outlet."""
        found = [
            f"{outlet}: {text}"
            for outlet, text in (
                *self.answers,
                *(("log", line) for line in self.read_log().splitlines()),
                *((f"callback {got.path}", str(got)) for got in self.receiver.got),
            )
            if digits in _SEPARATORS.sub("", unquote_plus(text))
        ]
        return [*found, *[f"table {row}" async for row in self._rows(digits)]]

    async def _rows(self, digits: str) -> AsyncIterator[str]:
        async with self.gateway.pool.acquire() as connection:
            for (table,) in await connection.fetch(TABLES):
                query = (
                    f"SELECT r::text FROM {table} r "  # noqa: S608 - a table of this test's database
                    r"WHERE regexp_replace(r::text, '[ .+\-]', '', 'g') LIKE '%' || $1 || '%'"
                )
                for row in await connection.fetch(query, digits):
                    yield f"{table}: {row[0]}"


@contextmanager
def log_as_written() -> Iterator[None]:
    """Log every level to standard error, as JSON, as the gateway does."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging("debug", json=True)
    try:
        yield
    finally:
        structlog.configure(**before)
        root.handlers[:] = handlers
        root.setLevel(level)
