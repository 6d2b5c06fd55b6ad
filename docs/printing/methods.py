"""One page for each method: its parameters, its answer, and its refusals in their order."""

from collections.abc import Iterator
from typing import Any, Final

from altyn.domain.refusals import Refusal
from altyn.protocol.dialects.classic.cautions import STORED_ONLY
from altyn.protocol.dialects.classic.dialect import CLASSIC
from altyn.protocol.dialects.classic.order_view import OBJECTS
from altyn.protocol.dialects.classic.payment_methods import PROCESS_BINDING_FORM, PROCESS_FORM
from altyn.protocol.dialects.classic.registry import METHODS
from altyn.protocol.dialects.classic.status_fields import Fields
from altyn.protocol.table import Method, Parameter
from docs.printing.markdown import code, codes, link, page, section, table
from docs.printing.meanings import ANSWERS, ENVELOPES
from docs.printing.sections import linked

PRINTED_METHODS: Final = (*METHODS.values(), PROCESS_FORM, PROCESS_BINDING_FORM)
FEATURES_PAGE: Final = "features"
_SELECTORS: Final = ("orderId", "orderNumber")
_WHO_REFUSALS: Final = {Refusal.ORDER_ID_EMPTY, Refusal.ORDER_SELECTOR_MISSING}
_INSIDE: Final = {
    "getOrderStatus": (),
    "getOrderStatusExtended": (
        "paymentAmountInfo",
        "cardAuthInfo",
        "secureAuthInfo",
        "refunds",
        "operations",
    ),
}


def method_pages() -> Iterator[tuple[str, str]]:
    """Every method's page, by the method's name."""
    for method in PRINTED_METHODS:
        yield method.name, _method_page(method)


def method_rows() -> Iterator[tuple[str, str, str]]:
    """The methods for a list: a link to the page, what it does, the permission it needs."""
    for method in PRINTED_METHODS:
        yield link(method.rest[0], method.name), method.summary, codes(method.permissions)


def _method_page(method: Method) -> str:
    return page(
        method.rest[0],
        method.summary,
        table(("", ""), _facts(method)),
        section("Parameters", table(("Name", "Type", "Mandatory", "What"), _parameters(method))),
        section("Answer", ENVELOPES[method.envelope], *_answer(method)),
        section("Refusals", _REFUSALS_WORDS, table(_REFUSAL_COLUMNS, _refusals(method))),
    )


def _facts(method: Method) -> Iterator[tuple[str, str]]:
    yield "Address", codes(map(CLASSIC.address, method.rest))
    if method.soap:
        yield "Name in SOAP", f"{code(method.soap)}, see {link('SOAP', 'soap')}"
    if method.permissions:
        yield (
            "Permission",
            f"{codes(method.permissions)}, see {link('permissions', 'merchant-settings')}",
        )
    yield "Source", linked(method.source)


# ── Parameters ────────────────────────────────────────────────────────────────────────────────────


def _parameters(method: Method) -> Iterator[tuple[str, str, str, str]]:
    if method.credentials:
        yield code("userName"), "AN..30", "yes, or `token`", "The API user."
        yield code("password"), "AN..30", "yes, or `token`", "Its password."
        yield code("token"), "AN..256", "instead of both", "Ignored if they are sent too."
    for row in method.parameters:
        yield code(row.name), row.type.notation, _mandatory(row, method), _note(row)


def _mandatory(row: Parameter, method: Method) -> str:
    if row.optional_with:
        return f"yes, without permission {code(row.optional_with)}"
    if row.required and row.unless and row.unless != "orderNumber":
        return f"yes, without {code(row.unless)}"
    if row.required:
        return "yes"
    either = _WHO_REFUSALS & method.refusals.keys() and "orderNumber" in method.positions
    return "one of the two" if either and row.name in _SELECTORS else ""


def _note(row: Parameter) -> str:
    notes = [linked(row.note).replace("the list below", link("the list", FEATURES_PAGE))]
    if row.echo is not None:
        versions = f", versions {row.echo.since} and up" if row.echo.since > 1 else ""
        notes.append(f"Stored with the order; {code(row.echo.name)} of the status{versions}.")
    elif row.caution == STORED_ONLY:
        notes.append("Stored with the order, without effect.")
    if row.effect_with:
        notes.append(f"Ignored without permission {code(row.effect_with)}.")
    if row.caution not in {"", STORED_ONLY}:
        notes.append(f"Not served in full: {row.caution}.")
    if row.in_json_params:
        notes.append("May also be a member of `jsonParams`.")
    if row.parts:
        notes.append(f"If it is missing, {codes(row.parts, ' and ')} are joined.")
    if row.aliases:
        notes.append(f"Also spelled {codes(row.aliases)}.")
    return " ".join(notes)


# ── Answer ────────────────────────────────────────────────────────────────────────────────────────


def _answer(method: Method) -> Iterator[str]:
    if method.name in OBJECTS:
        yield _VERSIONS_WORDS
        yield _fields(OBJECTS[method.name])
        for name in _INSIDE[method.name]:
            yield f"### {name}"
            yield _fields(OBJECTS[name])
    else:
        members = ANSWERS.get(method.name, ())
        yield table(("Member", "What"), ((code(name), what) for name, what in members))


def _fields(fields: Fields[Any]) -> str:
    rows = (
        (code(row.name), row.present, _versions(row.since, row.before), code(row.needs or ""))
        for row in fields.rows
    )
    return table(("Member", "When", "Versions", "Permission"), rows)


def _versions(since: int, before: int | None) -> str:
    if before is not None:
        return f"{since} to {before - 1}"
    return "" if since == 1 else f"{since} and up"


# ── Refusals ──────────────────────────────────────────────────────────────────────────────────────

_REFUSAL_COLUMNS: Final = ("", "Code", "Russian", "English", "Reason", "Parameters")
_REFUSALS_WORDS: Final = (
    "In order of precedence: if several are true, the answer is the first. What depends on the "
    "order (its status, its amounts, a permission for a partial amount) is checked after the "
    "request itself. `{name}` is the parameter's name. The sandbox adds a header `X-Altyn-Rule` "
    "with the broken rule; an accepted request has it too, if a part of the request is ignored."
)
_VERSIONS_WORDS: Final = (
    "The members depend on the merchant's response version (`status_version`, 13 by default) and "
    "permissions. A member without a value is left out."
)


def _refusals(method: Method) -> Iterator[tuple[object, ...]]:
    for place, (refusal, error) in enumerate(method.refusals.items(), 1):
        names = codes(_parameters_behind(method, refusal))
        yield place, error.code, error.ru, error.en, code(refusal), names


def _parameters_behind(method: Method, refusal: Refusal) -> list[str]:
    """The parameters that cause this refusal when they are missing or malformed."""
    if refusal is Refusal.PARAMETER_INVALID:
        return []  # any other parameter, and the text names it
    rows = method.parameters
    return [row.name for row in rows if refusal in (row.required, row.invalid)]
