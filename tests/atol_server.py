"""A stand-in for the fiscal provider ATOL Online, over HTTP on a port, for v4 and v5.

Written from the published description of the protocol. It is stricter than the provider: it checks
the token, required members, code lists, lengths, and every sum to the kopeck. What it has
registered is in `registered`. It fails by choice: `faults` are taken one after another, each by the
next request of its kind.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import re
import uuid
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from aiohttp import web

LOGIN, PASSWORD, GROUP = "shop-login", "shop-password", "group-1"
INN: Final = "7700000007"
MOSCOW: Final = timezone(timedelta(hours=3))
KOPECK: Final = Decimal("0.01")

RATES: Final = {
    "none": 0, "vat0": 0, "vat5": 5, "vat105": 5, "vat7": 7, "vat107": 7, "vat10": 10,
    "vat110": 10, "vat20": 20, "vat120": 20, "vat22": 22, "vat122": 22,
}  # fmt: skip
METHODS: Final = {
    "full_prepayment", "prepayment", "advance", "full_payment", "partial_payment", "credit",
    "credit_payment",
}  # fmt: skip
OBJECTS_V4: Final = {
    "commodity", "excise", "job", "service", "gambling_bet", "gambling_prize", "lottery",
    "lottery_prize", "intellectual_activity", "payment", "agent_commission", "composite", "award",
    "another", "property_right", "non-operating_gain", "insurance_premium", "sales_tax",
    "resort_fee", "deposit", "expense", "pension_insurance_ip", "pension_insurance",
    "medical_insurance_ip", "medical_insurance", "social_insurance", "casino_payment",
}  # fmt: skip
MEASURES: Final = {
    0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255,
}  # fmt: skip
AGENTS: Final = {
    "bank_paying_agent", "bank_paying_subagent", "paying_agent", "paying_subagent", "attorney",
    "commission_agent", "another",
}  # fmt: skip
SYSTEMS: Final = {"osn", "usn_income", "usn_income_outcome", "envd", "esn", "patent"}
PHONE: Final = re.compile(r"\+[0-9]{1,18}")
TIME: Final = re.compile(r"[0-9]{2}\.[0-9]{2}\.[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}")


class Fault(StrEnum):
    """What the next request meets instead of its answer."""

    HANGING = "hanging"  # no answer for a minute
    SILENT = "silent"  # nothing happens, and the connection is cut
    LOST = "lost"  # it is carried out, and the answer is cut off
    EXPIRED = "expired"  # the token has ended
    BROKEN = "broken"  # JSON that ends in the middle
    HTML = "html"  # a page of a proxy
    ERROR_500 = "error_500"


@dataclass(frozen=True, slots=True)
class Failure:
    """The error of a document that the cash register does not register."""

    code: int
    text: str = "the register failed"
    kind: str = "driver"


class InvalidError(Exception):
    """The document is not valid; the text says where."""


@dataclass
class Document:
    """A document that was accepted, and registered where it has a `payload`.

    The result is given after `polls` questions.
    """

    id: str
    operation: str
    version: str
    sent: dict[str, Any]
    polls: int
    failure: Failure | None
    payload: dict[str, Any] | None = None

    @property
    def external_id(self) -> str:
        name: str = self.sent["external_id"]
        return name

    @property
    def total(self) -> Decimal:
        total: Decimal = self.sent["receipt"]["total"]
        return total

    @property
    def total_minor(self) -> int:
        """The total in kopecks; negative for money that goes back."""
        minor = int(self.total * 100)
        return -minor if self.operation == "sell_refund" else minor


@dataclass
class AtolServer:
    """The stand-in. `polls` is how many questions a document waits for; `failures` are taken by the
    next documents; `chance` makes some requests fail at random."""

    faults: deque[Fault] = field(default_factory=deque)
    failures: deque[Failure] = field(default_factory=deque)
    polls: int = 1
    chance: random.Random | None = None
    password: str = PASSWORD
    port: int = 0
    by_id: dict[str, Document] = field(default_factory=dict)
    by_external_id: dict[tuple[str, str], Document] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # token → version
    calls: Counter[str] = field(default_factory=Counter)
    refusals: list[str] = field(default_factory=list)  # why documents were not valid
    printed: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def url(self) -> str:
        """The address without the version."""
        return f"http://127.0.0.1:{self.port}/possystem"

    @property
    def registered(self) -> list[Document]:
        """The documents that the cash register has registered, in the order of their numbers."""
        done = [each for each in self.by_id.values() if each.payload is not None]
        return sorted(done, key=lambda each: int(each.payload["fiscal_document_number"]))  # type: ignore[index]

    def end_tokens(self) -> None:
        """All tokens end now."""
        self.tokens.clear()

    # ── Requests ──────────────────────────────────────────────────────────────────────────────────

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a request, or fail as the next fault says."""
        what = request.match_info.get("what", "getToken")
        self.calls[what] += 1
        fault = self._fault()
        if fault is Fault.HANGING:
            await asyncio.sleep(60)
        if fault in {Fault.SILENT, Fault.HANGING}:
            return self._cut(request)
        if fault is Fault.EXPIRED:
            self.end_tokens()
        if fault is Fault.HTML:
            return web.Response(
                text="<html>Bad gateway</html>", status=502, content_type="text/html"
            )
        if fault is Fault.ERROR_500:
            return _answer(500, error=_error(50, "Ошибка сервера"))
        answer = await self._answer_to(request, what)
        if fault is Fault.LOST:
            return self._cut(request)
        if fault is Fault.BROKEN:
            assert isinstance(answer.body, bytes)
            return web.Response(body=answer.body[:-5], content_type="application/json")
        return answer

    def _fault(self) -> Fault | None:
        if self.faults:
            return self.faults.popleft()
        if self.chance is not None and self.chance.random() < 0.2:
            return self.chance.choice([each for each in Fault if each is not Fault.HANGING])
        return None

    def _cut(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.close()
        return web.Response()

    async def _answer_to(self, request: web.Request, what: str) -> web.Response:
        version = request.match_info["version"]
        if what == "getToken":
            return self._log_in(await _body(request), version)
        token = request.headers.get("Token", "")
        if self.tokens.get(token) != version:
            return _answer(401, error=_error(11, "Срок действия токена истёк"))
        if request.match_info["group"] != GROUP:
            return _answer(401, error=_error(20, "Код группы не соответствует токену"))
        if request.method == "GET":
            return self._report(request.match_info["id"])
        return self._register(what, version, await _body(request))

    def _log_in(self, sent: Mapping[str, Any], version: str) -> web.Response:
        if (sent.get("login"), sent.get("pass")) != (LOGIN, self.password):
            return _answer(401, error=_error(12, "Неверный логин или пароль"))
        token = uuid.uuid4().hex
        self.tokens[token] = version
        return _answer(200, error=None, token=token, timestamp=_now())

    def _register(self, operation: str, version: str, sent: dict[str, Any]) -> web.Response:
        try:
            check(sent, version)
        except (InvalidError, KeyError, TypeError, AttributeError) as error:
            self.refusals.append(str(error))
            text = f"Ошибка валидации входного чека: {error}"
            return _answer(400, status="fail", error=_error(32, text), timestamp=_now())
        key = (version, sent["external_id"])
        if known := self.by_external_id.get(key):
            text = f"В системе существует чек с external_id {key[1]}"
            return _answer(400, uuid=known.id, status="wait", error=_error(33, text))
        failure = self.failures.popleft() if self.failures else None
        document = Document(str(uuid.uuid4()), operation, version, sent, self.polls, failure)
        if failure is None:  # it is registered whether or not the result is asked for
            document.payload = self._payload(document)
        self.by_id[document.id] = self.by_external_id[key] = document
        return _answer(200, uuid=document.id, status="wait", error=None, timestamp=_now())

    def _report(self, document_id: str) -> web.Response:
        document = self.by_id.get(document_id)
        if document is None:
            return _answer(400, status="fail", error=_error(30, "UUID не найден"))
        named = {"uuid": document.id, "external_id": document.external_id, "timestamp": _now()}
        if document.polls > 0:
            document.polls -= 1
            text = "Состояние чека не найдено. Попробуйте позднее"
            return _answer(200, status="wait", error=_error(34, text), payload=None, **named)
        if document.failure is not None:
            failure = document.failure
            error = _error(failure.code, failure.text, failure.kind)
            return _answer(200, status="fail", error=error, payload=None, **named)
        return _answer(200, status="done", error=None, payload=document.payload, **named)

    def _payload(self, document: Document) -> dict[str, Any]:
        number = next(self.printed)
        return {
            "total": document.total,
            "fns_site": "www.nalog.gov.ru",
            "fn_number": "9999078900000123",
            "shift_number": 23,
            "receipt_datetime": _now(),
            "fiscal_receipt_number": number,
            "fiscal_document_number": number + 100,
            "ecr_registration_number": "0000111118041361",
            "fiscal_document_attribute": 3449555941,
            "ofd_inn": "7700000008",
            "ofd_receipt_url": f"https://ofd.example/{number}",
        }


@asynccontextmanager
async def atol_server(server: AtolServer | None = None) -> AsyncIterator[AtolServer]:
    """Serve the stand-in on a free port."""
    served, app = server or AtolServer(), web.Application()
    version = "/possystem/{version:v4|v5}"
    app.router.add_post(f"{version}/getToken", served.serve)
    app.router.add_get(f"{version}/{{group}}/{{what:report}}/{{id}}", served.serve)
    app.router.add_post(f"{version}/{{group}}/{{what:sell|sell_refund}}", served.serve)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", served.port)
    await site.start()
    served.port = runner.addresses[0][1]
    try:
        yield served
    finally:
        await asyncio.shield(runner.cleanup())


# ── What a document must be ───────────────────────────────────────────────────────────────────────


def check(sent: Mapping[str, Any], version: str) -> None:
    """Check a document. Raises InvalidError, or KeyError for a missing member."""
    _must(TIME.fullmatch(sent["timestamp"]), "timestamp")
    _must(0 < len(sent["external_id"]) <= 128, "external_id")
    if "service" in sent:
        _must(len(sent["service"]["callback_url"]) <= 256, "service.callback_url")
    receipt = sent["receipt"]
    _check_client(receipt["client"])
    _check_company(receipt["company"])
    _must(receipt["items"], "items")
    for item in receipt["items"]:
        _check_item(item, version)
    total = sum(item["sum"] for item in receipt["items"])
    _must(_exact(receipt["total"]) == total, "total")
    _must(sum(_exact(each["sum"]) for each in receipt["payments"]) == total, "payments")
    _must(all(each["type"] in range(10) for each in receipt["payments"]), "payments.type")
    vats = Counter[str]()
    for item in receipt["items"]:
        vats[item["vat"]["type"]] += item["vat"]["sum"]
    sent_vats = {each["type"]: each["sum"] for each in receipt.get("vats", ())}
    _must(not sent_vats or sent_vats == dict(vats), "vats")
    _must(len(receipt.get("additional_check_props", "")) <= 16, "additional_check_props")
    _must(len(receipt.get("cashier", "")) <= 64, "cashier")


def _check_client(client: Mapping[str, Any]) -> None:
    _must(client.get("email") or client.get("phone"), "client")
    _must(len(client.get("email", "")) <= 64, "client.email")
    _must(PHONE.fullmatch(client.get("phone", "+7")), "client.phone")


def _check_company(company: Mapping[str, Any]) -> None:
    _must("@" in company["email"], "company.email")
    _must(company["inn"] == INN, "company.inn")
    _must(company["sno"] in SYSTEMS, "company.sno")
    _must(0 < len(company["payment_address"]) <= 256, "company.payment_address")


def _check_item(item: Mapping[str, Any], version: str) -> None:
    _must(0 < len(item["name"]) <= 128, "item.name")
    price, quantity, total = _exact(item["price"]), item["quantity"], _exact(item["sum"])
    _must(quantity > 0 and quantity == quantity.quantize(Decimal("0.001")), "item.quantity")
    product = (price * quantity).quantize(KOPECK, ROUND_HALF_UP)
    _must(product == total, f"item.sum {total}, price × quantity {product}")
    _must(item["payment_method"] in METHODS, "item.payment_method")
    rate = RATES.get(item["vat"]["type"])
    if version == "v4" and item["vat"]["type"] in {"vat18", "vat118"}:
        rate = 18
    _must(rate is not None, "item.vat.type")
    assert rate is not None
    vat = (total * rate / (100 + rate)).quantize(KOPECK, ROUND_HALF_UP)
    _must(_exact(item["vat"]["sum"]) == vat, f"item.vat.sum {item['vat']['sum']}, not {vat}")
    if "agent_info" in item:
        _must(item["agent_info"]["type"] in AGENTS, "item.agent_info.type")
        _must(item["supplier_info"], "item.supplier_info")
    for phone in _phones(item):
        _must(PHONE.fullmatch(phone), f"phone {phone}")
    (_check_item_v4 if version == "v4" else _check_item_v5)(item)


def _check_item_v4(item: Mapping[str, Any]) -> None:
    _must(item["payment_object"] in OBJECTS_V4, "item.payment_object")
    _must(len(item["measurement_unit"]) <= 16, "item.measurement_unit")
    _must(not item.keys() & {"measure", "mark_code", "mark_quantity"}, "members of v5")


def _check_item_v5(item: Mapping[str, Any]) -> None:
    _must(item["payment_object"] in {*range(1, 28), 30, 31, 32, 33}, "item.payment_object")
    _must(item["measure"] in MEASURES, "item.measure")
    _must(not item.keys() & {"measurement_unit", "nomenclature_code"}, "members of v4")
    if "mark_code" in item:
        _must(len(item["mark_code"]) == 1, "item.mark_code")
        _must(item["mark_processing_mode"] == "0", "item.mark_processing_mode")
    if "mark_quantity" in item:
        _must(item["mark_quantity"]["numerator"] < item["mark_quantity"]["denominator"], "mark")
        _must(item["quantity"] == 1 and item["measure"] == 0, "item.mark_quantity")


def _phones(members: Mapping[str, Any]) -> Iterator[str]:
    for name, value in members.items():
        if name == "phones":
            yield from value
        elif isinstance(value, dict):
            yield from _phones(value)


def _exact(number: object) -> Decimal:
    """A number of roubles with two decimals at most."""
    decimal = Decimal(number) if isinstance(number, int | Decimal) else Decimal("NaN")
    _must(decimal == decimal.quantize(KOPECK), f"{number} is no number of kopecks")
    return decimal


def _must(holds: object, what: str) -> None:
    if not holds:
        raise InvalidError(what)


async def _body(request: web.Request) -> dict[str, Any]:
    assert request.content_type == "application/json"
    members: dict[str, Any] = json.loads(await request.text(), parse_float=Decimal)
    read: dict[str, Any] = _decimals(members)
    return read


def _decimals(members: Any) -> Any:
    """Quantities and sums as decimals, also those without a decimal point."""
    if isinstance(members, dict):
        return {
            name: Decimal(value)
            if name in {"sum", "price", "quantity", "total"} and isinstance(value, int)
            else _decimals(value)
            for name, value in members.items()
        }
    if isinstance(members, list):
        return [_decimals(each) for each in members]
    return members


def _answer(http_status: int, **members: Any) -> web.Response:
    return web.Response(
        text=json.dumps(members, default=float, ensure_ascii=False),
        status=http_status,
        content_type="application/json",
    )


def _error(code: int, text: str, kind: str = "system") -> dict[str, Any]:
    return {"error_id": str(uuid.uuid4()), "code": code, "text": text, "type": kind}


def _now() -> str:
    return datetime.now(UTC).astimezone(MOSCOW).strftime("%d.%m.%Y %H:%M:%S")
