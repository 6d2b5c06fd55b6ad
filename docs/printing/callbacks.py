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

_TAKEN: Final = CallbackSettings()


def callbacks_page() -> str:
    """The page for the author of a receiver."""
    return page(
        "Callbacks",
        "When an order changes, the gateway calls the shop's address. A callback only informs: ask "
        "getOrderStatusExtended.do before anything is shipped. It may come twice, and one that "
        "is sent again by hand comes after later ones. Where it goes and what it says is the "
        "merchant's to "
        f"{link('set', 'merchant-settings')} (`callbacks.…`).",
        section("Operations", table(_OPERATION_COLUMNS, _operations())),
        section("Always told", _parameters(CORE)),
        section("Told where chosen", _CHOSEN_WORDS, _parameters(OPTIONAL)),
        section("About a stored card", _BINDING_WORDS, _parameters((*BINDING, *BINDING_OPTIONAL))),
        section("Checksum", *_checksum()),
        section("How it is sent", *_sent()),
        section("How often it is tried", *_tries()),
    )


_OPERATION_COLUMNS: Final = ("`operation`", "When", "Status 1", "Status 0")
_CHOSEN_WORDS: Final = (
    "`callbacks.parameters` names them. What is not known is left out. Amounts are minor units, or "
    "decimal text with the currency (`2500.00 RUB`) where the name ends in `Formatted`; moments "
    "are milliseconds since 1970, UTC, as in getOrderStatusExtended.do. The name of an order's own "
    "additional parameter may be chosen too; it never takes the place of one of these."
)
_BINDING_WORDS: Final = (
    "Sent only to the merchant's own addresses, never to an order's. `callbackCreationDate` is "
    "there where it is chosen. There is no `mdOrder`, `orderNumber` or `status`."
)


def _operations() -> Iterator[tuple[str, ...]]:
    for notification in CallbackOperation:
        yield code(notification), *NOTIFICATIONS[notification]


def _parameters(rows: Iterable[CallbackParameter[Any]]) -> str:
    cells = ((code(r.name), r.what, r.present, code(r.needs or "")) for r in rows)
    return table(("Parameter", "What", "When", "Permission"), cells)


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


def _request(method: CallbackMethod, **more: str) -> CallbackRequest:
    signer = Signer(alias=None, sign=lambda signed: checksums.symmetric(_KEY, signed))
    callback = replace(_EXAMPLE, parameters={**_EXAMPLE.parameters, **more})
    return callback_request(callback, CallbackSettings(method=method), signer)


_STEPS: Final = """\
1. Leave out `checksum` and `sign_alias`.
2. Sort by name, byte by byte: upper case comes before lower case.
3. Write `name;value;` for each, one behind the other. Nothing is escaped, no value gives `name;;`.
4. Take the bytes of it in UTF-8."""


def _checksum() -> Iterator[str]:
    example = _request(CallbackMethod.GET)
    yield "What is signed is made of the decoded parameters:"
    yield _STEPS
    rows = (
        ("`symmetric`", "HMAC-SHA256 with the UTF-8 bytes of `callbacks.key`"),
        ("`asymmetric`", "RSA (PKCS #1 v1.5) with SHA-512; the certificate holds the public key"),
        ("`none`", "no checksum, and none without a key either"),
    )
    yield table(("`callbacks.checksum`", "How it is signed"), rows)
    yield (
        "The checksum is written in upper-case hex. `sign_alias`, the name of the key, is sent "
        "with the asymmetric one. With the symmetric one it is not: some receivers sign it too."
    )
    yield f"With the key {code(_KEY)} this is signed, and this comes out:"
    yield _block("text", f"{example.signed}\n{example.checksum}")


def _sent() -> Iterator[str]:
    yield (
        "In UTF-8, percent-encoded, a space as `%20`. The query of the receiver's own address "
        "stays; what follows a `#` does not. Letters beyond ASCII in an address are encoded."
    )
    for method, words in _METHODS.items():
        sent = _request(method, **({"amount": "150000"} if method is CallbackMethod.JSON else {}))
        yield f"{code(method)}: {words}"
        yield _block("http", _written(sent))
    yield (
        "`callbacks.headers` come after these, as `Name=value`; one of the same name takes the "
        "place of ours. Headers of the connection (`Host`, `Content-Length`, `Transfer-Encoding`, "
        "`Connection` and their like) are left out."
    )


_METHODS: Final = {
    CallbackMethod.GET: "parameters in the query.",
    CallbackMethod.POST: "the same parameters as a form.",
    CallbackMethod.JSON: (
        "an object. `status` is a number, and signed as its digits; what was chosen stands inside "
        "`additionalParams`. About a stored card everything stands on top, as text."
    ),
}


def _written(sent: CallbackRequest) -> str:
    head = [f"{sent.method} {sent.url}", *(f"{name}: {value}" for name, value in sent.headers)]
    return "\n".join((*head, *(("", sent.body.decode()) if sent.body else ())))


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"


# ── Tries ─────────────────────────────────────────────────────────────────────────────────────────


def _tries() -> Iterator[str]:
    yield (
        "Delivered means: HTTP status 200, whatever the body says. Everything else, a redirect "
        f"too, is a failure, as is no answer within {_TAKEN.timeout_seconds} seconds "
        "(`callbacks.timeout_seconds`). A further try sends the same parameters and checksum. "
        "After the last one the callback is given up; nothing changes in the order."
    )
    growing = replace(_TAKEN, growing=True)
    rows = (
        ("no", _schedule(_TAKEN)),
        ("yes", _schedule(growing)),
        (
            "yes; 6 tries, 600 seconds",
            _schedule(replace(growing, attempts=6, interval_seconds=600)),
        ),
    )
    yield (
        f"Unless set otherwise there are {_TAKEN.attempts} tries (`callbacks.attempts`), "
        f"{_TAKEN.interval_seconds} seconds apart (`callbacks.interval_seconds`)."
    )
    yield table(("`callbacks.growing`", "Seconds between the tries"), rows)


def _schedule(settings: CallbackSettings) -> str:
    pauses = map(settings.pause_after, range(1, settings.attempts))
    return ", ".join(str(int(pause.total_seconds())) for pause in pauses if pause)
