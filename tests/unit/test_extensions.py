"""Extensions of a gateway: a name or a path that is taken is refused, and replaces nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from altyn.inbound.http.request_reader import Limits
from altyn.inbound.request_handler import RequestHandler
from altyn.inbound.rest.endpoint import RestEndpoint
from altyn.main.effects import BUILT_IN, EffectKinds
from altyn.protocol.dialect import Dialect
from altyn.protocol.dialects.classic.dialect import CLASSIC


def test_two_kinds_of_effects_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"callback.*, callback"):
        EffectKinds.of((*BUILT_IN, *BUILT_IN))


@pytest.mark.parametrize(
    ("further", "reason"),
    [
        (replace(CLASSIC, prefix="/other/"), "classic, classic"),
        (replace(CLASSIC, name="other", prefix="/Payment/REST/"), "/payment/rest/"),
    ],
)
def test_dialect_with_a_taken_name_or_path_is_refused(further: Dialect, reason: str) -> None:
    handler = cast("RequestHandler", object())
    with pytest.raises(ValueError, match=reason):
        RestEndpoint(
            handler, (CLASSIC, further), limits=Limits(), public_url=None, show_rules=False
        )
