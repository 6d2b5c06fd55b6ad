"""The reference page of callbacks: parameters, checksum, requests and retries.

The examples for the author of a receiver are written and signed by the gateway's own code.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from altyn.domain.callback import (
    CALLBACK,
    CallbackMethod,
    CallbackOperation,
    CallbackRequest,
    CallbackSettings,
)
from altyn.domain.outbox import ClaimedEntry, EntryId
from altyn.protocol.dialects.classic.callbacks import checksum as checksums
from altyn.protocol.dialects.classic.callbacks.parameters import (
    BINDING,
    BINDING_OPTIONAL,
    CORE,
    OPTIONAL,
    CallbackParameter,
)
from altyn.protocol.dialects.classic.callbacks.request import Signer, callback_request
from docs.printing.markdown import code, link, page, section, table
from docs.printing.meanings import NOTIFICATIONS

_DEFAULTS: Final = CallbackSettings()


def callbacks_page() -> str:
    """The page for the author of a receiver."""
    return page(
        "Callbacks",
        "When an order changes, the gateway calls the shop's address. A callback only informs: ask "
        "getOrderStatusExtended.do before anything is shipped. A callback may arrive twice, and a "
        "callback that is sent again by hand may arrive after later ones. The merchant's "
        f"{link('settings', 'merchant-settings')} (`callbacks.…`) select addresses and parameters.",
        section("Operations", table(_OPERATION_COLUMNS, _operations())),
        section("Parameters that are always sent", _parameters(CORE)),
        section("Optional parameters", _CHOSEN_WORDS, _parameters(OPTIONAL)),
        section(
            "Callbacks about a stored card",
            _BINDING_WORDS,
            _parameters((*BINDING, *BINDING_OPTIONAL)),
        ),
        section("Checksum", *_checksum()),
        section("The request", *_sent()),
        section("Retries", *_retries()),
    )


_OPERATION_COLUMNS: Final = ("`operation`", "When", "Status 1", "Status 0")
_CHOSEN_WORDS: Final = (
    "`callbacks.parameters` selects them. A parameter without a value is left out. Amounts are in "
    "minor units, or decimal text with the currency (`2500.00 RUB`) if the name ends in "
    "`Formatted`. Dates are milliseconds since 1970, UTC, as in getOrderStatusExtended.do. The "
    "setting may also name additional parameters of orders; they never replace one of these."
)
_BINDING_WORDS: Final = (
    "Sent only to the merchant's addresses, never to the address of an order. "
    "`callbackCreationDate` is sent if it is selected. There is no `mdOrder`, `orderNumber` or "
    "`status`."
)


def _operations() -> Iterator[tuple[str, ...]]:
    for notification in CallbackOperation:
        yield code(notification), *NOTIFICATIONS[notification]


def _parameters(rows: Iterable[CallbackParameter[Any]]) -> str:
    rows_printed = ((code(r.name), r.what, r.present, code(r.needs or "")) for r in rows)
    return table(("Parameter", "What", "When", "Permission"), rows_printed)


# ── The example ───────────────────────────────────────────────────────────────────────────────────

_KEY: Final = "sb-test-key-0001"
_EXAMPLE: Final = ClaimedEntry(
    id=EntryId(merchant_id=1, subject_id=UUID(int=1), version=1, line=1),
    kind=CALLBACK,
    operation="deposited",
    receiver="https://shop.example/cb",
    host="https://shop.example:443",
    parameters={
        "mdOrder": "5f0c1b0a-3d3e-7a11-9c55-1f2e3d4c5b6a",
        "orderNumber": "ORD-1001",
        "operation": "deposited",
        "status": "1",
    },
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def _example_request(method: CallbackMethod, **more: str) -> CallbackRequest:
    signer = Signer(alias=None, sign=lambda signed: checksums.symmetric(_KEY, signed))
    callback = replace(_EXAMPLE, parameters={**_EXAMPLE.parameters, **more})
    return callback_request(callback, CallbackSettings(method=method), signer)


_STEPS: Final = """\
1. Leave out `checksum` and `sign_alias`.
2. Sort by name, byte by byte: upper case comes before lower case.
3. Write `name;value;` for each, one after the other. Do not escape; an empty value gives `name;;`.
4. Encode the text in UTF-8."""


def _checksum() -> Iterator[str]:
    example = _example_request(CallbackMethod.GET)
    yield "The signed text is made of the decoded parameters:"
    yield _STEPS
    rows = (
        ("`symmetric`", "HMAC-SHA256 with the UTF-8 bytes of `callbacks.key`"),
        ("`asymmetric`", "RSA (PKCS #1 v1.5) with SHA-512; the certificate holds the public key"),
        ("`none`", "no checksum; without a key there is none either"),
    )
    yield table(("`callbacks.checksum`", "How it is signed"), rows)
    yield (
        "The checksum is in upper-case hex. `sign_alias`, the name of the key, is sent only with "
        "an asymmetric checksum, because some receivers include it in the signed text."
    )
    yield f"An example of the signed text and its checksum, with the key {code(_KEY)}:"
    yield _block("text", f"{example.signed}\n{example.checksum}")


def _sent() -> Iterator[str]:
    yield (
        "Values are in UTF-8 and percent-encoded, a space as `%20`. The query of the shop's "
        "address is kept; a fragment behind `#` is removed. Non-ASCII characters of an address "
        "are encoded."
    )
    for method, words in _METHODS.items():
        sent = _example_request(
            method, **({"amount": "150000"} if method is CallbackMethod.JSON else {})
        )
        yield f"{code(method)}: {words}"
        yield _block("http", _written(sent))
    yield (
        "The headers of `callbacks.headers` (`Name=value`) follow. They replace ours of the same "
        "name. Headers of the connection (`Host`, `Content-Length`, `Transfer-Encoding`, "
        "`Connection` and similar ones) are left out."
    )


_METHODS: Final = {
    CallbackMethod.GET: "the parameters are in the query.",
    CallbackMethod.POST: "the same parameters as a form.",
    CallbackMethod.JSON: (
        "a JSON object. `status` is a number, and signed as its digits; optional parameters are in "
        "`additionalParams`. About a stored card all members are text, at the top level."
    ),
}


def _written(sent: CallbackRequest) -> str:
    head = [f"{sent.method} {sent.url}", *(f"{name}: {value}" for name, value in sent.headers)]
    return "\n".join((*head, *(("", sent.body.decode()) if sent.body else ())))


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"


# ── Retries ───────────────────────────────────────────────────────────────────────────────────────


def _retries() -> Iterator[str]:
    yield (
        "A callback is delivered if the shop answers with HTTP status 200; the body is ignored. "
        "Any other status, also a redirect, is a failure, and so is no answer within "
        f"{_DEFAULTS.timeout_seconds} seconds (`callbacks.timeout_seconds`). A retry sends the "
        "same parameters and checksum. After the last attempt the callback is dead; the "
        "order does not change."
    )
    growing = replace(_DEFAULTS, growing=True)
    rows = (
        ("no", _schedule(_DEFAULTS)),
        ("yes", _schedule(growing)),
        (
            "yes; 6 attempts, 600 seconds",
            _schedule(replace(growing, attempts=6, interval_seconds=600)),
        ),
    )
    yield (
        f"The default is {_DEFAULTS.attempts} attempts (`callbacks.attempts`), "
        f"{_DEFAULTS.interval_seconds} seconds apart (`callbacks.interval_seconds`)."
    )
    yield table(("`callbacks.growing`", "Seconds between attempts"), rows)


def _schedule(settings: CallbackSettings) -> str:
    pauses = map(settings.pause_after, range(1, settings.attempts))
    return ", ".join(str(int(pause.total_seconds())) for pause in pauses if pause)
