"""Plays the golden files: a shop's conversations with the gateway, request by request.

The files are in `golden/`; each is one conversation, read from top to bottom. Source: the founding
quick start (001) and description of register.do (004); rest-orders.md §2 to §5.
"""

from pathlib import Path
from typing import Final

import pytest

from altyn.main import Gateway
from altyn.protocol.dialects.classic.dialect import CLASSIC
from tests.asgi_client import AsgiClient
from tests.integration.rest.golden import Known, credentials, read_steps

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOLDER: Final = Path(__file__).parent / "golden"
FILES: Final = sorted(path.stem for path in FOLDER.glob("*.txt"))


@pytest.mark.parametrize("name", FILES)
async def test_a_conversation_goes_as_it_is_written(gateway: Gateway, name: str) -> None:
    shop, known = AsgiClient(gateway.router), Known()
    for step in read_steps(FOLDER / f"{name}.txt"):
        form = [*credentials(step.who).items()]
        form += [(parameter, known.fill(value)) for parameter, value in step.parameters]
        answer = await shop.post(CLASSIC.address(step.method), form)
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/json;charset=UTF-8"
        differences = list(known.differences(step.answer, answer.json()))
        assert not differences, "\n".join(
            [f"{name}: {step.title}", *differences, f"whole answer: {answer.text}"]
        )
