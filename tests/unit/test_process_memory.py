"""Production processes write no core dump; the texts of a card are let go of once read."""

from __future__ import annotations

import subprocess
import sys

import pytest

from altyn.inbound.http.fields import Fields
from altyn.inbound.soap.security import SignedSource, UsernameToken
from altyn.protocol.dialects.classic.payment_methods import PAYMENT_ORDER
from altyn.protocol.dialects.classic.soap.request_reader import SoapParameters
from altyn.protocol.table import drop_card_values

REPORT = """
import resource
from altyn.main.process import forbid_core_dumps
forbid_core_dumps()
print(resource.getrlimit(resource.RLIMIT_CORE))
import ctypes, sys
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == "linux" else 0)
"""


def test_production_process_writes_no_core_dump() -> None:
    done = subprocess.run(
        [sys.executable, "-c", REPORT], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["(0, 0)", "0"]


CARD = {"$PAN": ("4111111111111111",), "$CVC": ("123",), "pan": ("4111111111111111",)}


@pytest.mark.parametrize("kind", [Fields, SoapParameters])
def test_card_texts_are_dropped_and_other_values_stay(kind: type[Fields | SoapParameters]) -> None:
    source = kind({**CARD, "MDORDER": ("order",)})
    drop_card_values(PAYMENT_ORDER, source)
    assert [source.get(name) for name in (*CARD, "MDORDER")] == ["", "", "", "order"]
    assert set(source) == {*CARD, "MDORDER"}, "the names are still known as sent"


def test_card_texts_of_a_soap_request_are_dropped() -> None:
    parameters = SoapParameters(dict(CARD))
    source = SignedSource(parameters, UsernameToken("shop-api", "secret-shop"))
    drop_card_values(PAYMENT_ORDER, source)
    assert source.get("$PAN") == ""
    assert source.get("password") == "secret-shop"
