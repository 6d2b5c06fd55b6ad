"""The check of a received callback, as the console and the personal account show it.

No key is among the values. Source: callbacks.md §6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from altyn.diagnostics.checksum_mistakes import Mistake
from altyn.diagnostics.checksum_verdict import Checked, Verdict
from altyn.diagnostics.received_callback import Received, UnreadableCallbackError, read_received
from altyn.domain.merchant import Merchant
from altyn.inbound.sandbox.answers import RefusedError
from altyn.inbound.sandbox.shop_check import NoKeyError, ShopCheck, UnknownAliasError
from altyn.inbound.web.callbacks.check_texts import CHECK_TEXTS, REASONS
from altyn.protocol.dialects.classic.callbacks.checksum import UNSIGNED

RECEIVED_MAX: Final = 32_768
ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why nothing was checked. `detail` is an English text about the pasted one, or empty."""

    title: str
    text: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedLine:
    """One checksum: whose it is, whether it is right, and each reason with its remedy."""

    title: str
    checksum: str
    right: bool
    reasons: tuple[tuple[str, str], ...] = ()
    made_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackCheck:
    """The form as it was typed, and what came of it. `parameters`: name, value, "yes", "no" or
    "own"."""

    typed: Mapping[str, str] = field(default_factory=dict)
    problem: Problem | None = None
    right: bool | None = None
    parameters: tuple[tuple[str, str, str], ...] = ()
    signed: str = ""
    expected: str = ""
    checked: tuple[CheckedLine, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()


async def check_callback(
    request: Request,
    form: Mapping[str, str],
    merchant: Merchant,
    check: ShopCheck,
    language: str,
) -> CallbackCheck:
    """Check what a form has, with the keys of one shop. The body of `request` has been read."""
    typed = {name: form.get(name, "")[:RECEIVED_MAX] for name in ("received", "computed", "shop")}
    try:
        received = read_received(typed["received"])
        computed = typed["computed"].strip() or None
        verdict = await check.verdict(request, merchant, received, computed)
    except (UnreadableCallbackError, RefusedError) as error:
        return CallbackCheck(typed=typed, problem=_problem(error, language))
    return _view(typed, received, verdict, language)


def no_shop(typed: Mapping[str, str], language: str) -> CallbackCheck:
    """The form named a shop that does not exist."""
    title = CHECK_TEXTS["check_no_shop"].text(language, shop=typed.get("shop", ""))
    return CallbackCheck(typed=typed, problem=Problem(title))


def _problem(error: Exception, language: str) -> Problem:
    match error:
        case NoKeyError():
            keys = ("check_no_key", "check_no_key_help")
        case UnknownAliasError():
            keys = ("check_alias", "check_alias_help")
        case RefusedError():
            return Problem(CHECK_TEXTS["check_no_computed"].text(language))
        case _:
            return Problem(CHECK_TEXTS["check_unreadable"].text(language), detail=str(error))
    title, text = (CHECK_TEXTS[key].text(language) for key in keys)
    return Problem(title, text)


def _view(
    typed: Mapping[str, str], received: Received, verdict: Verdict, language: str
) -> CallbackCheck:
    checked = [
        _line(each, key, language, in_transit=in_transit)
        for each, key, in_transit in (
            (verdict.received, "check_of_callback", True),
            (verdict.computed, "check_of_code", False),
        )
        if each is not None
    ]
    return CallbackCheck(
        typed=typed,
        right=verdict.right,
        parameters=tuple(
            (name, value, _is_signed(name, verdict)) for name, value in received.parameters.items()
        ),
        signed=verdict.signed,
        expected=verdict.expected or "",
        checked=tuple(checked),
        reasons=()
        if checked
        else tuple(_reason(each, language, in_transit=False) for each in verdict.mistakes),
    )


def _line(checked: Checked, key: str, language: str, *, in_transit: bool) -> CheckedLine:
    return CheckedLine(
        title=CHECK_TEXTS[key].text(language),
        checksum=checked.checksum,
        right=checked.right,
        reasons=tuple(_reason(each, language, in_transit=in_transit) for each in checked.mistakes),
        made_of=checked.made_of or "",
    )


def _reason(mistake: Mistake, language: str, *, in_transit: bool) -> tuple[str, str]:
    """What happened, and what to do."""
    words = mistake if language == ENGLISH else REASONS[mistake.name]
    return (words.altered if in_transit else "") or words.happened, words.remedy


def _is_signed(name: str, verdict: Verdict) -> str:
    if name in verdict.own_query:
        return "own"
    return "no" if name in UNSIGNED else "yes"
