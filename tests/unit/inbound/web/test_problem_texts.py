"""Problems in Russian: each text of deliveries, refused addresses and receipts has one."""

from __future__ import annotations

import errno
import re
import socket
from dataclasses import replace
from ipaddress import ip_address
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from altyn.inbound.sandbox.endpoint import stopped_text
from altyn.inbound.web.problem_texts import RUSSIAN, problem_words, russian_problem
from altyn.operations.ports import ClockStoppedError
from altyn.operations.staff.setting_pairs import crossed_pair
from altyn.outbound.callbacks.guard import Rules, refusal_of_address, refusal_of_url
from altyn.outbound.callbacks.problems import (
    CERTIFICATE_FAULTS,
    CONNECTION_FAULTS,
    DroppedError,
    Stage,
    problem_of,
    problem_of_timeout,
)
from altyn.protocol.cash_register import RegisterFault, RegisterLine, RegisterRequest
from altyn.simulators.cash_register.register import _problem as problem_of_receipt
from altyn.storage.clock import END_OF_TIME
from altyn.storage.clock import _too_far as too_far_error

WHERE = "127.0.0.1:9"
KEY: Any = SimpleNamespace(host="127.0.0.1", port=9, ssl=True, is_ssl=True)
PROBLEMS = (
    *(problem_of_timeout(stage, where=WHERE, timeout_seconds=5) for stage in Stage),
    *(f"The certificate of {WHERE} {fault}." for fault in CERTIFICATE_FAULTS.values()),
    *(f"{WHERE} {fault}." for fault in CONNECTION_FAULTS.values()),
    *(
        problem_of(error, where=WHERE)
        for error in (
            aiohttp.ClientConnectorDNSError(KEY, OSError(socket.EAI_AGAIN, "again")),
            aiohttp.ClientConnectorDNSError(KEY, OSError(socket.EAI_NONAME, "no name")),
            aiohttp.ClientConnectorCertificateError(KEY, Exception("odd")),
            aiohttp.ClientConnectorSSLError(KEY, OSError(1, "odd")),
            aiohttp.ClientConnectorError(KEY, OSError(errno.EPERM, "not permitted")),
            DroppedError(),
            aiohttp.InvalidURL("x"),
            ValueError(),
            RuntimeError(),
        )
    ),
    "the shop answered with status 500 instead of 200",
)
URLS = (
    *("https://a.example/" + "x" * 600, "https://a.example/ b", "https://a.example\\", "a.example"),
    *("ftp://a.example/", "http://a.example/", "https://u:p@a.example/", "https:///x"),
    *("https://a.example:0/", "https://a.example:81/", "https://a%2e.example/"),
    *("https://a.example./", "https://a..example/", "https://пример.рф/", "https://1.2.3.4.5/"),
    *("https://134744072/", "https://shop.local/", "https://shop/", "https://127.0.0.1/"),
    *("https://10.0.0.1/", "https://169.254.169.254/", "https://0.0.0.0/", "https://[4000::1]/"),
)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_problem_of_a_delivery_has_russian_words(problem: str) -> None:
    russian = russian_problem(problem)
    assert russian is not None
    assert re.search("[А-Яа-я]", russian)
    assert (WHERE in russian) == (WHERE in problem)
    assert problem_words(problem, "ru") == russian
    assert problem_words(problem, "en") == problem


@pytest.mark.parametrize("url", URLS)
def test_refusal_of_an_address_has_russian_words(url: str) -> None:
    refusal = refusal_of_url(url, Rules.production())
    assert refusal is not None
    russian = russian_problem(f"number 2: {refusal}")
    assert russian is not None, refusal
    assert russian.startswith("№\u00a02: ")


def test_refusals_of_the_simulated_cash_register_have_russian_words() -> None:
    line = RegisterLine(name="x", price_minor=1, quantity_thousandths=1000, amount_minor=1)
    good = RegisterRequest(
        receipt_id="1",
        shop="test",
        returns_money=False,
        amount_minor=1,
        lines=(line,),
        contact="a@a.example",
    )
    assert problem_of_receipt(good, RegisterFault.NONE) is None
    for changes in (
        {"contact": ""},
        {"lines": ()},
        {"lines": (replace(line, name="x" * 129),)},
        {"lines": (replace(line, amount_minor=2),)},
        {"amount_minor": 2},
    ):
        refused: Any = replace(good, **changes)
        problem = problem_of_receipt(refused, RegisterFault.NONE)
        assert problem is not None
        assert russian_problem(problem) is not None, problem
    assert russian_problem(problem_of_receipt(good, RegisterFault.FAILS) or "") is not None


def test_refused_moves_of_the_clock_have_russian_words() -> None:
    too_far = russian_problem(str(too_far_error()))
    assert too_far is not None
    assert f"{END_OF_TIME:%Y-%m-%d}" in too_far
    stopped = stopped_text(ClockStoppedError(END_OF_TIME, "a callback"))
    assert "a callback" in (russian_problem(stopped) or "")


def test_refusal_of_a_pair_of_sums_has_russian_words() -> None:
    values = {"sberpay.amount_min_minor": 5, "sberpay.amount_max_minor": 3}
    for changed in values:
        crossed = crossed_pair(values, [changed])
        assert crossed is not None
        assert russian_problem(crossed[1]) is not None


def test_unknown_problem_stays_in_english_and_is_marked_and_escaped() -> None:
    refusal = refusal_of_address(ip_address("198.18.0.1"), Rules.production())
    assert refusal is not None
    assert problem_words(refusal, "ru") == f'<span lang="en">{refusal}</span>'
    hostile = problem_words("<script>", "ru")
    assert hostile == '<span lang="en">&lt;script&gt;</span>'
    assert problem_words("", "ru") == ""


def test_texts_have_the_same_values_in_both_languages() -> None:
    for english, russian in RUSSIAN.items():
        names = re.compile(r"\{([a-z]+)\}")
        assert set(names.findall(english)) == set(names.findall(russian)), english
