"""Checks the rules of the tree: imports, lengths, names, and texts that are never written.

The imports are read from the code. A forbidden one is reported with the reason of the rule. Every
exception is a row of a table, with its own reason.
"""

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "src"
PACKAGE: Final = SOURCE / "altyn"


# ── Imports ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ImportRule:
    """What one part of the package may import of the others, and why no more."""

    may_import: frozenset[str]
    why: str


def rule(*may_import: str, why: str) -> ImportRule:
    """Write a row of IMPORT_RULES: modules or packages by their name under `altyn`."""
    return ImportRule(frozenset(may_import), why)


EVERY_PART: Final = "*"
BUSINESS: Final = ("domain", "operations", "protocol")
DIALECTS: Final = "protocol.dialects"

# part of altyn      what it may import, apart from itself
IMPORT_RULES: Final = {
    "__init__": rule(why="the package's name and version; importing it must cost nothing"),
    "domain": rule(why="rules of payments do not depend on callers, storage or formats"),
    "protocol": rule("domain", why="forms of the wire: tables and formats, which decide nothing"),
    DIALECTS: rule(
        "domain",
        "protocol",
        "operations.results",
        "operations.paying.steps",
        "operations.paying.card.steps",
        why="a dialect presents the results of operations, and nothing below imports a dialect",
    ),
    "operations": rule("domain", why="a decision is the same over REST, SOAP and in a test"),
    "look": rule(
        "domain", why="style and words for every page; a leaf, so that any page can use it"
    ),
    "mails": rule(
        "domain",
        "operations",
        "look",
        why="texts and HTML of mails; an effect's handler has them written, whatever sends them",
    ),
    "reports": rule(
        "domain",
        "operations",
        "look",
        why="columns and files of reports; the worker gets them from main",
    ),
    "masking": rule("domain", why="needs the types that must never be printed, nothing more"),
    "log_repeats": rule(why="counts errors of any kind; needs nothing of ours"),
    "logs": rule("domain", "log_repeats", "masking", why="prints what it is given"),
    "setting_checks": rule(
        "domain", why="checks texts and values; knows neither the settings nor their readers"
    ),
    "settings": rule(
        "domain", "setting_checks", why="every setting, typed; main hands the values down"
    ),
    "installation_keys": rule(
        "domain",
        "outbound",
        "security",
        "settings",
        why="opens the key file by the settings; light, so that commands load no gateway for it",
    ),
    "diagnostics": rule(
        "domain",
        "protocol",
        DIALECTS,
        why="compares a received callback with what the protocol demands",
    ),
    "coalescing": rule(why="sends calls that meet as one statement, whatever they are about"),
    "request_body": rule(why="reads bodies within bounds; a leaf, so that simulators can use it"),
    "security": rule("domain", why="keys, vault and passwords need values, no tables"),
    "embedded_postgres": rule(why="starts PostgreSQL and has nothing to do with payments"),
    "storage": rule(
        *BUSINESS,
        "coalescing",
        "security",
        why="a port of operations: it could be swapped for another",
    ),
    "outbound": rule(
        *BUSINESS,
        "protocol.dialects.classic.callbacks",
        why="a port of operations, one folder per neighbour; a callback has a dialect's form",
    ),
    "inbound": rule(
        *BUSINESS,
        DIALECTS,
        "diagnostics",
        "look",
        "masking",
        "reports.cells",
        "request_body",
        why="an endpoint parses and presents; storage and outside are ports",
    ),
    "workers": rule(*BUSINESS, why="background workers get their ports from main"),
    "simulators": rule(
        "protocol",
        "domain.money",
        "domain.action_codes",
        "domain.instalments",
        "coalescing",
        "look",
        "request_body",
        why="a real bank replaces the simulator by an address: it uses the wire only",
    ),
    "main": rule(EVERY_PART, why="the composition root: it builds a gateway from all parts"),
    "cli": rule(EVERY_PART, why="the command starts whatever it names"),
    "__main__": rule(EVERY_PART, why="`python -m altyn` is the command"),
}


@dataclass(frozen=True, slots=True)
class ArrowException:
    """An import against the table that we want: a part, one more module that it may import, why."""

    part: str
    module: str
    why: str


ARROW_EXCEPTIONS: Final = (
    ArrowException("operations", "protocol.eci", "how well a payer was authenticated: a table"),
    ArrowException("operations", "protocol.payment_ways", "the names of the ways to pay: a list"),
    ArrowException("operations", "protocol.tds_outcomes", "what 3-D Secure's answers lead to"),
    ArrowException("operations", "protocol.acquiring", "the messages of the port to the bank"),
    ArrowException("operations", "protocol.bnpl", "the messages of the port to the lender"),
    ArrowException("operations", "protocol.credit", "the messages of the port to the bank"),
    ArrowException("operations", "protocol.threeds", "the messages of the port to 3-D Secure"),
    ArrowException("operations", "protocol.threeds_version1", "as above: PaReq and PaRes"),
)


@dataclass(frozen=True, slots=True)
class Arrow:
    """One import of ours by ours; both ends are full module names."""

    importer: str
    line: int
    imported: str


@pytest.mark.parametrize("part", sorted(IMPORT_RULES))
def test_imports_run_one_way(part: str) -> None:
    forbidden = [
        text
        for arrow in arrows()
        if part_of(arrow.importer) == part and (text := objection(arrow)) is not None
    ]
    assert not forbidden, "\n".join(["forbidden imports:", *forbidden])


def test_every_part_has_an_import_rule() -> None:
    unknown = {part_of(module) for module in modules()} - IMPORT_RULES.keys()
    assert not unknown, (
        f"no row in IMPORT_RULES for {sorted(unknown)}: say what they may import, and why"
    )


def test_no_import_runs_in_a_circle() -> None:
    graph: dict[str, set[str]] = {module: set() for module in modules()}
    for arrow in arrows():
        if arrow.imported != arrow.importer:
            graph[arrow.importer].add(arrow.imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " ← ".join(error.args[1])
        pytest.fail(
            f"modules import each other in a circle, so neither can be read first: {circle}"
        )


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("domain.order", "domain.money", True),
        ("domain.order", "protocol.callback", False),
        ("protocol.callback", "domain.order", True),
        ("protocol.callback", "operations.refund", False),
        ("protocol.table", "protocol.dialects.classic.error_codes", False),
        ("protocol.dialects.classic.methods", "protocol.table", True),
        ("protocol.dialects.classic.presentation", "operations.results", True),
        ("protocol.dialects.classic.presentation", "operations.perform", False),
        ("inbound.rest.door", "protocol.dialects.classic.dialect", True),
        ("storage.orders", "protocol.dialects.classic.dialect", False),
        ("operations.refund", "domain.action_codes", True),
        ("operations.refund", "protocol.action_codes", False),
        ("operations.refund", "protocol.parameters", False),
        ("inbound.rest.door", "operations.refund", True),
        ("inbound.rest.door", "storage.orders", False),
        ("storage.orders", "inbound.rest.door", False),
        ("workers.timers", "outbound.callbacks", False),
        ("simulators.issuer.bank", "domain.money", True),
        ("simulators.issuer.bank", "domain.order", False),
        ("simulators.issuer.bank", "operations.pay", False),
        ("inbound.rest.door", "main", False),
        ("main", "simulators.issuer.bank", True),
        ("cli.serve", "main", True),
    ],
)
def test_table_of_allowed_imports_is_applied(
    importer: str, imported: str, *, allowed: bool
) -> None:
    arrow = Arrow(f"altyn.{importer}", 1, f"altyn.{imported}")
    assert (objection(arrow) is None) is allowed


# What operations and domain must not reach, however many modules lie between.
NOT_BELOW: Final = (
    DIALECTS,
    "protocol.action_codes",  # the texts of action codes
    "protocol.error_code",
    "protocol.test_cards",
    "protocol.test_card_rows",
)


@pytest.mark.parametrize("part", ["domain", "operations"])
def test_operations_and_domain_reach_no_presentation(part: str) -> None:
    paths = reached_from(module for module in modules() if part_of(module) == part)
    found = [
        " → ".join(path)
        for module, path in paths.items()
        if any(is_within(module.removeprefix("altyn."), name) for name in NOT_BELOW)
    ]
    assert not found, "\n".join([f"{part} reaches a presentation:", *found])


def test_indirect_import_of_a_presentation_is_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": set[str]()}
    assert reached_from(["a"], graph)["c"] == ("a", "b", "c")


def reached_from(
    start: Iterable[str], graph: Mapping[str, AbstractSet[str]] | None = None
) -> dict[str, tuple[str, ...]]:
    """Every module that these import, directly or through others, with one path to it."""
    edges = imports_of() if graph is None else graph
    paths: dict[str, tuple[str, ...]] = {module: (module,) for module in start}
    waiting = list(paths)
    while waiting:
        module = waiting.pop(0)
        for imported in sorted(edges[module] - paths.keys()):
            paths[imported] = (*paths[module], imported)
            waiting.append(imported)
    return paths


@cache
def imports_of() -> dict[str, set[str]]:
    """The modules that each module imports itself."""
    graph: dict[str, set[str]] = {module: set() for module in modules()}
    for arrow in arrows():
        graph[arrow.importer].add(arrow.imported)
    return graph


def objection(arrow: Arrow) -> str | None:
    """Return what is wrong with an arrow and why, or None."""
    importer, imported = part_of(arrow.importer), arrow.imported.removeprefix("altyn.")
    row = IMPORT_RULES.get(importer)
    if row is None or importer == part_of(arrow.imported) or imported == "altyn":
        return None
    exceptions = {row.module for row in ARROW_EXCEPTIONS if row.part == importer}
    allowed = row.may_import | exceptions
    if EVERY_PART in allowed or any(is_allowed(imported, name) for name in allowed):
        return None
    return (
        f"  {arrow.importer}, line {arrow.line} → {arrow.imported}\n"
        f"    {importer} → {', '.join(sorted(allowed)) or 'nothing of ours'}, since: {row.why}"
    )


def is_allowed(imported: str, name: str) -> bool:
    """Whether a row that names a part, or a module of it, covers this import.

    A part inside another part has to be named itself.
    """
    return is_within(imported, name) and part_of(f"altyn.{imported}") == part_of(f"altyn.{name}")


def is_within(module: str, package: str) -> bool:
    """Whether a dotted name is the other or lies below it."""
    return module == package or module.startswith(f"{package}.")


def part_of(module: str) -> str:
    """`altyn.inbound.rest` belongs to `inbound`; `altyn` itself is its `__init__`.

    A part with a row of its own inside another part, as the dialects in `protocol`, is the part.
    """
    if "." not in module:
        return "__init__"
    name = module.removeprefix("altyn.")
    return DIALECTS if is_within(name, DIALECTS) else name.split(".")[0]


@cache
def modules() -> dict[str, Path]:
    """Every module of ours by its full name."""
    names = {path: path.relative_to(SOURCE).with_suffix("").parts for path in python_files(PACKAGE)}
    return {".".join(p[:-1] if p[-1] == "__init__" else p): path for path, p in names.items()}


@cache
def arrows() -> tuple[Arrow, ...]:
    """Every import of ours by ours, wherever it stands in the file."""
    found = (
        Arrow(module, node.lineno, target)
        for module, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path)))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for target in targets(node, module, is_package=path.name == "__init__.py")
        if is_within(target, "altyn")
    )
    return tuple(dict.fromkeys(found))  # several names of one module are one arrow


def targets(node: ast.Import | ast.ImportFrom, module: str, *, is_package: bool) -> Iterator[str]:
    """The full names of the modules that one import statement reaches."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = node.module or ""
    if node.level:
        above = module.split(".")[
            : None if is_package and node.level == 1 else -node.level + is_package
        ]
        base = ".".join([*above, *([base] if base else [])])
    for alias in node.names:
        within = f"{base}.{alias.name}"
        yield within if within in modules() else base


# ── Lengths ───────────────────────────────────────────────────────────────────────────────────────

FILE_LINES_MAX: Final = 400
FUNCTION_LINES_MAX: Final = 60
MEASURED: Final = {".py", ".sql", ".html", ".js", ".css"}

# file under src/altyn, or file:function → why it is longer; a row no longer needed is to be removed
LONGER_FOR_A_REASON: Final[dict[str, str]] = {}


def test_files_and_functions_are_short() -> None:
    too_long = {**long_files(), **long_functions()}
    lines = [f"  {name}: {lines} lines" for name, lines in too_long.items()]
    unreasoned = [line for line, name in zip(lines, too_long, strict=True) if not reasoned(name)]
    assert not unreasoned, "\n".join(
        ["too long for one screen; split it into named pieces:", *unreasoned]
    )
    stale = LONGER_FOR_A_REASON.keys() - too_long.keys()
    assert not stale, f"no longer too long, so remove the exception: {sorted(stale)}"


def reasoned(name: str) -> bool:
    """Whether a length is in the table of exceptions, with a reason."""
    return bool(LONGER_FOR_A_REASON.get(name, "").strip())


def long_files() -> dict[str, int]:
    """Files above the limit and how long they are."""
    lengths = {
        path.relative_to(PACKAGE).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in PACKAGE.rglob("*")
        if path.suffix in MEASURED
    }
    return {name: lines for name, lines in lengths.items() if lines > FILE_LINES_MAX}


def long_functions() -> dict[str, int]:
    """Functions above the limit, decorators not counted."""
    lengths = {
        f"{path.relative_to(PACKAGE).as_posix()}:{node.name}": (node.end_lineno or 0)
        - node.lineno
        + 1
        for path in python_files(PACKAGE)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES_MAX}


# ── Names ─────────────────────────────────────────────────────────────────────────────────────────

VAGUE_NAMES: Final = {"utils", "util", "common", "helpers", "misc"}


def test_no_folder_or_module_has_a_vague_name() -> None:
    vague = [
        path.as_posix() for path in tree_files() if VAGUE_NAMES & {*path.parent.parts, path.stem}
    ]
    assert not vague, f"a vague name: {vague}"


def test_every_query_file_begins_with_a_sentence() -> None:
    silent = [
        path.as_posix()
        for path in tree_files()
        if path.suffix == ".sql" and not re.match(r"-- \S", (ROOT / path).read_text("utf-8"))
    ]
    assert not silent, f"the first line of an SQL file is a comment that says what it is: {silent}"


# ── What is never written ─────────────────────────────────────────────────────────────────────────

BANKS: Final = (
    "sber|alfa-?bank|alfabank|vtb|tinkoff|tbank|gazprombank|raiffeisen|rosbank|psbank|rshb|otpbank"
    "|sovcombank|uralsib|akbars|bspb|mtbank|belarusbank|belveb|priorbank|arca|ameria|acba|bcc|halyk"
    "|kaspi|nspk|paymentgate|rbsuat|rbspayment|bpcbt|3dsec|securepayments"
)
TOP_LEVELS: Final = "ru|su|com|net|org|by|kz|am|kg|uz|ua|tj|az|рф"

# A letter in brackets means itself, and keeps this file from containing what it forbids.
FORBIDDEN: Final = {
    "a real bank's or payment system's host": re.compile(
        rf"(?i)(?<![\w@-])(?:[\w-]+\.)*[\w-]*(?:{BANKS})[\w-]*\.(?:[\w-]+\.)*(?:{TOP_LEVELS})\b(?!\()"
    ),
    "a path of somebody's own machine": re.compile(r"(?<![\w.~}*])/(?:roo[t]|wor[k]|hom[e]/\w+)/"),
    "a package registry": re.compile(r"(?i)\bpyp[i]\b|python[h]osted|\bnpmj[s]\b|deb\.debia[n]"),
    "a private key": re.compile(r"-----BEGI[N] (?:\w+ )*PRIVATE KEY-----"),
}

# What looks forbidden and is meant: the exact text → why.
MEANT: Final = {
    "engine.paymentgate.ru/webservices/merchant": (
        "the XML namespace of the SOAP service: clients compare it, nobody calls it"
    ),
    "engine.paymentgate.com/webservices/merchant": "the same, as sister banks have it",
}


@pytest.mark.parametrize("what", sorted(FORBIDDEN))
def test_nothing_names(what: str) -> None:
    found = [
        f"  {path}:{number}: {match.group()}"
        for path, text in texts()
        if FORBIDDEN[what].search(text)
        for number, line in enumerate(text.splitlines(), 1)
        for match in FORBIDDEN[what].finditer(without_meant(line))
    ]
    assert not found, "\n".join([f"the tree names {what}:", *found])


@pytest.mark.parametrize(
    ("what", "text", "found"),
    [
        (
            "a real bank's or payment system's host",
            "https://pay." + "sber" + "bank.ru/payment",
            True,
        ),
        ("a real bank's or payment system's host", "https://shop.example/sberpay.do", False),
        ("a real bank's or payment system's host", "outbound.sberpay.client", False),
        ("a path of somebody's own machine", "see /" + "root/notes", True),
        ("a path of somebody's own machine", "the network/root of it", False),
        ("a package registry", "https://" + "py" + "pi.org/simple", True),
        ("a private key", "-----BEGIN " + "RSA PRIVATE KEY-----", True),
    ],
)
def test_forbidden_texts_are_found(what: str, text: str, *, found: bool) -> None:
    assert bool(FORBIDDEN[what].search(text)) is found


def without_meant(line: str) -> str:
    """The line with the exceptions of MEANT taken out."""
    for meant in MEANT:
        line = line.replace(meant, "")
    return line


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Every text file of the tree except this one, which has to spell the exceptions."""
    found = []
    for path in tree_files():
        try:
            text = (ROOT / path).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if ROOT / path != Path(__file__).resolve():
            found.append((path.as_posix(), text))
    return tuple(found)


@cache
def tree_files() -> tuple[Path, ...]:
    """What belongs to the project, from its root: git's word, or a walk where git has none."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    names = listing.stdout.split("\0") if listing.returncode == 0 else map(str, walk(ROOT))
    return tuple(Path(name) for name in sorted(set(names)) if name and (ROOT / name).is_file())


def walk(folder: Path) -> Iterator[Path]:
    """Files below a folder, what tools have made left out."""
    for path in folder.iterdir():
        made = path.name in {"build", "dist", "var", "__pycache__"}
        hidden = path.name.startswith(".") and path.name != ".ci"
        if path.is_dir() and not (made or hidden):
            yield from walk(path)
        elif path.is_file():
            yield path.relative_to(ROOT)


def python_files(folder: Path) -> Iterator[Path]:
    """Python files below a folder."""
    return folder.rglob("*.py")
