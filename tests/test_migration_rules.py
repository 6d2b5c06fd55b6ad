"""Checks that a migration only adds, or is marked as one that stops older processes.

During an upgrade older processes use the new schema. A migration that only adds leaves each of
their statements valid; any other one needs the mark `-- Older processes stop: <reason>`. Source:
docs/architecture.md, Migrations.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from altyn.storage.migrate import Migration, available

FIRST_JUDGED: Final = 20
FIRST_ON_THE_PAGE: Final = 10
UPGRADE_PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "how-to" / "upgrade.md"
WORDS_OF_THE_MARK: Final = re.compile(r"--\s*old\w*\s+process\w*\s+stop", re.IGNORECASE)


def test_each_migration_only_adds_or_is_marked() -> None:
    found = [
        f"  {one.name}: {statement}"
        for one in available()
        if one.number >= FIRST_JUDGED and one.stops_older is None
        for statement in not_additive(one.sql, schema_before(one.number))
    ]
    advice = "write `-- Older processes stop: <reason>` into the head comment, or only add"
    assert not found, "\n".join([f"older processes may fail after these; {advice}:", *found])


def test_each_mark_is_one_line_of_the_head_comment() -> None:
    for one in available():
        lines = WORDS_OF_THE_MARK.findall(one.sql)
        assert len(lines) == (one.stops_older is not None), f"{one.name}: the mark is not read"


def test_upgrade_page_names_the_migrations_that_stop_older_processes() -> None:
    rows = re.findall(
        r"^\| (\d{4})\b.*\| ([^|]*) \|$", UPGRADE_PAGE.read_text("utf-8"), re.MULTILINE
    )
    named = {int(number) for number, together in rows if together.startswith("**They stop**")}
    assert named == {one.number for one in available() if one.stops_older is not None}


def test_upgrade_page_has_a_row_for_each_migration_from_0010_on() -> None:
    rows = re.findall(r"^\| (\d{4}[^|]*)\|", UPGRADE_PAGE.read_text("utf-8"), re.MULTILINE)
    named = [int(number) for row in rows for number in re.findall(r"\b\d{4}\b", row)]
    wanted = [one.number for one in available() if one.number >= FIRST_ON_THE_PAGE]
    assert sorted(named) == wanted


def test_upgrade_page_builds_the_indexes_of_the_migrations() -> None:
    """An index that was built before is skipped, so it has to be the same one."""
    made = re.compile(r"CREATE INDEX (?:CONCURRENTLY )?(IF NOT EXISTS [^;]+);")
    page = {" ".join(each.split()) for each in made.findall(UPGRADE_PAGE.read_text("utf-8"))}
    migrations = {" ".join(each.split()) for one in available() for each in made.findall(one.sql)}
    assert page
    assert page <= migrations


# ── The rule ──────────────────────────────────────────────────────────────────────────────────────

_CREATES_TABLE: Final = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)\b")
_INDEX: Final = r"INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?(\w+) ON (\w+)\b"
_PLAIN_INDEX: Final = re.compile(rf"CREATE {_INDEX}")
_UNIQUE_INDEX: Final = re.compile(rf"CREATE UNIQUE {_INDEX}")
_DROPS_INDEX: Final = re.compile(r"DROP INDEX (?:IF EXISTS )?(\w+)$")
_ALTERS_TABLE: Final = re.compile(r"ALTER TABLE (?:IF EXISTS )?(?:ONLY )?(\w+) (.+)")
_CREATES_FUNCTION: Final = re.compile(
    r"CREATE FUNCTION (\w+)\(.*\) RETURNS (\w+) LANGUAGE .*\$\$(.*)\$\$"
)
_RECORDING_TRIGGER: Final = re.compile(
    r"CREATE TRIGGER \w+ AFTER (?:INSERT|UPDATE|DELETE) ON \w+ FOR EACH ROW"
    r"(?: WHEN \(.+\))? EXECUTE FUNCTION (\w+)\(\)$"
)
_RECORDS: Final = re.compile(r"BEGIN INSERT INTO (\w+) \([^;]+; RETURN NULL; END")


_CHECKS_VALUES: Final = re.compile(r"(\w+) text\b.* CHECK \((\w+) IN \(([^)]+)\)\)")
_CHECKS_MORE: Final = re.compile(
    r"DROP CONSTRAINT (\w+), ADD CONSTRAINT (\w+) CHECK \((\w+) IN \(([^)]+)\)\)$"
)


@dataclass(frozen=True, slots=True)
class Schema:
    """What the rule knows of the migrations before one.

    `plain_indexes` are those that are not unique: no statement depends on one. `values` are the
    texts that the check of a column allows, by the name that PostgreSQL gives the check.
    """

    plain_indexes: frozenset[str] = frozenset()
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)


def not_additive(sql: str, before: Schema) -> Iterator[str]:
    """The statements after which a statement of an older process may fail.

    A table or a function that the migration has created is not known to older processes.
    A check may be replaced by one that allows more texts. A trigger may record changes in a table
    of the migration: after the change, with one INSERT.
    """
    created: set[str] = set()
    for statement in statements_of(sql):
        if table := _CREATES_TABLE.match(statement):
            created.add(table[1])
        elif function := _CREATES_FUNCTION.match(statement):
            records = _RECORDS.match(function[3].strip())
            if records and records[1] in created and function[2] == "trigger":
                created.add(function[1])
        elif not _only_adds(statement, created, before):
            yield statement


def _only_adds(statement: str, created: set[str], before: Schema) -> bool:
    if unique := _UNIQUE_INDEX.match(statement):
        return unique[2] in created
    if dropped := _DROPS_INDEX.match(statement):
        return dropped[1] in before.plain_indexes
    if trigger := _RECORDING_TRIGGER.match(statement):
        return trigger[1] in created
    if altered := _ALTERS_TABLE.match(statement):
        table, actions = altered.groups()
        if table in created or _allows_more(table, actions, before):
            return True
        return all(map(_adds_column, split_at(actions, ",")))
    return _PLAIN_INDEX.match(statement) is not None


def _adds_column(action: str) -> bool:
    """Whether an INSERT that does not name the column succeeds."""
    if not action.startswith("ADD COLUMN "):
        return False
    if re.search(r"\b(UNIQUE|PRIMARY KEY)\b", action):
        return False
    return "NOT NULL" not in action or re.search(r"\b(DEFAULT|GENERATED)\b", action) is not None


def _allows_more(table: str, actions: str, before: Schema) -> bool:
    """Whether the check of a column is replaced by one that allows the same texts and others."""
    replaced = _CHECKS_MORE.match(actions)
    if not replaced:
        return False
    old, new, column, texts = replaced.groups()
    known = before.values.get(old)
    return old == new == f"{table}_{column}_check" and known is not None and known < values(texts)


def values(texts: str) -> frozenset[str]:
    """The texts of a list in SQL."""
    return frozenset(re.findall(r"'([^']*)'", texts))


def schema_before(number: int) -> Schema:
    """What the migrations before this one have made."""
    indexes, allowed = set(), {}
    for one in available():
        for statement in statements_of(one.sql) if one.number < number else ():
            if index := _PLAIN_INDEX.match(statement):
                indexes.add(index[1])
            elif table := _CREATES_TABLE.match(statement):
                columns = split_at(statement[statement.index("(") + 1 : -1], ",")
                for check in filter(None, map(_CHECKS_VALUES.match, columns)):
                    allowed[f"{table[1]}_{check[1]}_check"] = values(check[3])
            elif (altered := _ALTERS_TABLE.match(statement)) and (
                replaced := _CHECKS_MORE.match(altered[2])
            ):
                allowed[replaced[2]] = values(replaced[4])
    return Schema(frozenset(indexes), allowed)


def statements_of(sql: str) -> list[str]:
    """The statements without comments, each on one line; a semicolon in a text divides it too."""
    return split_at(" ".join(re.sub(r"--[^\n]*", "", sql).split()), ";")


def split_at(text: str, mark: str) -> list[str]:
    """The parts between the marks that are outside of brackets and `$$` texts, no empty ones."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == mark and depth == 0 and parts[-1].count("$$") % 2 == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


# ── The rule on examples ──────────────────────────────────────────────────────────────────────────

RECORDS: Final = (
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN INSERT INTO changes (id) VALUES (NEW.order_id); RETURN NULL; END $$"
)
RECORDS_AND_DELETES: Final = RECORDS.replace("RETURN N", "DELETE FROM a; RETURN N")
AFTER: Final = "CREATE TRIGGER t AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION f()"
BEFORE: Final = Schema(frozenset({"plain"}), {"a_b_check": frozenset({"x", "y"})})
CHECKS: Final = "ALTER TABLE a DROP CONSTRAINT a_b_check, ADD CONSTRAINT a_b_check CHECK"
WHEN: Final = "FOR EACH ROW WHEN (NEW.a > 1 AND (OLD.a < 2))"


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE payouts (id integer PRIMARY KEY, sum bigint NOT NULL CHECK (sum > 0));",
        "CREATE TABLE a (b text); ALTER TABLE a ADD CONSTRAINT c CHECK (b <> '');",
        "CREATE TABLE a (b text); CREATE UNIQUE INDEX a_b ON a (b);",
        "CREATE INDEX IF NOT EXISTS orders_late ON orders (merchant_id) WHERE status = 'x';",
        "ALTER TABLE orders ADD COLUMN a text, ADD COLUMN b integer NOT NULL DEFAULT 0;",
        "ALTER TABLE orders ADD COLUMN IF NOT EXISTS a int CHECK (a IN (1, 2)); -- DROP TABLE x",
        "DROP INDEX plain;",
        f"{CHECKS} (b IN ('x', 'y', 'z'));",
        f"CREATE TABLE changes (id uuid); {RECORDS}; {AFTER}",
        f"CREATE TABLE changes (id uuid); {RECORDS}; {AFTER.replace('FOR EACH ROW', WHEN)};",
    ],
)
def test_additions_need_no_mark(sql: str) -> None:
    assert list(not_additive(sql, BEFORE)) == []


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE orders",
        "DROP INDEX only_one",
        "DROP INDEX plain, only_one",
        "CREATE UNIQUE INDEX only_one ON orders (order_number)",
        "ALTER TABLE orders RENAME TO purchases",
        "ALTER TABLE orders RENAME COLUMN a TO b",
        "ALTER TABLE orders ADD COLUMN a text, DROP COLUMN b",
        "ALTER TABLE orders ADD COLUMN a text NOT NULL",
        "ALTER TABLE orders ADD COLUMN a text UNIQUE",
        "ALTER TABLE orders ALTER COLUMN a SET NOT NULL",
        "ALTER TABLE orders ALTER COLUMN a TYPE bigint",
        "ALTER TABLE orders ALTER COLUMN a DROP DEFAULT",
        "ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0)",
        "ALTER TABLE orders DROP CONSTRAINT c",
        f"{CHECKS} (b IN ('x', 'z', 'u'))",
        f"{CHECKS} (c IN ('x', 'y', 'z'))",
        f"{CHECKS} (b IN ('x', 'y', 'z') AND b <> 'x')",
        f"{CHECKS} (b IN ('x', 'y', 'z')), ALTER COLUMN b TYPE integer",
        f"{CHECKS.replace('a_b', 'a_c')} (c IN ('x', 'y', 'z'))",
        "UPDATE orders SET a = 1",
        "DELETE FROM orders",
        "CREATE TRIGGER t BEFORE INSERT ON orders EXECUTE FUNCTION f()",
        f"{RECORDS}; {AFTER}",
        f"CREATE TABLE changes (id uuid); {RECORDS}; {AFTER.replace('AFTER', 'BEFORE')}",
        f"CREATE TABLE changes (id uuid); {RECORDS.replace('changes', 'orders')}; {AFTER}",
        f"CREATE TABLE changes (id uuid); {RECORDS_AND_DELETES}; {AFTER}",
        "DO $$ BEGIN DROP TABLE orders; END $$",
    ],
)
def test_other_statements_need_the_mark(sql: str) -> None:
    assert list(not_additive(sql, BEFORE))


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("-- 0099_a: b.\n-- Older processes stop: they fail\n\nSELECT 1", "they fail"),
        ("-- Older processes stop: they fail", "they fail"),
        ("-- 0099_a: b.\n\n-- Older processes stop: too late\nSELECT 1", None),
        ("-- Older processes stop:\nSELECT 1", None),
        ("SELECT 1", None),
    ],
)
def test_mark_is_read_from_the_head_comment(sql: str, reason: str | None) -> None:
    assert Migration(99, "0099_a.sql", sql).stops_older == reason
