"""Checks that the SQL can run on a database that is distributed by merchant.

The rules come from a trial of the schema on such a database. The check reads the text of each
query: a statement, and each sub-select in it, is a block; a block must satisfy the rules for every
distributed table that it names. Each exception is a row of a table, with its reason.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from altyn.storage.statements import sql_text

QUERIES: Final = Path(__file__).resolve().parent.parent / "src" / "altyn" / "storage" / "queries"

DISTRIBUTED: Final = {
    "orders",
    "payment_attempts",
    "order_events",
    "postings",
    "outbox",
    "deliveries",
    "card_vault",
    "bindings",
    "shop_links",
    "used_challenges",
    "account_lists",
    "account_passkeys",
    "account_sessions",
    "audit_log",
    "audit_heads",
    "export_jobs",
    "export_files",
    "invoices",
    "order_hours",
    "attempt_hours",
    "summarised_hours",
    "page_sets",
    "page_set_files",
}

# Queries that look for rows of all merchants: query → why. Every shard is visited on purpose, so
# they need no filter; a join of a distributed table must still be by merchant_id.
ALL_MERCHANTS: Final = {
    "cards_under_key": "a key rotation looks for cards of all merchants",
    "claim_export_job": "the worker looks for reports of all merchants that wait",
    "claim_unsettled": "the worker looks for attempts of all merchants that are due",
    "count_cards_by_key": "`altyn keys` and the doctor count the cards of all merchants",
    "count_future": "the sandbox's clock is that of all merchants",
    "due_orders": "the worker looks for orders of all merchants that are due",
    "next_card_key": "a key rotation looks for the keys of all merchants' cards",
    "outbox_depths": "the metrics count waiting entries of all merchants",
    "purge_export_jobs": "housekeeping looks for old reports of all merchants",
    "settled_entries": "housekeeping looks for old entries of all merchants",
    "waiting_page_sets": "the provider looks for the page sets of all merchants that wait",
    "waiting_queues": "the worker looks for the queues of all merchants",
    "orders_named": "a person looks for an order number that any merchant may have used",
    "purge_cards": "the worker looks for expired cards of all merchants",
}

# Queries that need not satisfy any rule: query → why. A row that is no longer needed is removed.
EXEMPT: Final[dict[str, str]] = {}


def test_queries_keep_the_rules_of_a_distributed_database() -> None:
    found = [
        f"  {name}: {objection}"
        for name, sql in queries().items()
        if name not in EXEMPT
        for objection in objections(sql, all_merchants=name in ALL_MERCHANTS)
    ]
    assert not found, "\n".join(["these queries do not run distributed by merchant:", *found])


def test_each_exception_is_still_needed() -> None:
    unneeded = [
        name
        for name in (*EXEMPT, *ALL_MERCHANTS)
        if name not in queries() or not objections(queries()[name], all_merchants=False)
    ]
    assert not unneeded, f"these queries keep the rules, so remove their exceptions: {unneeded}"


# ── The rules ─────────────────────────────────────────────────────────────────────────────────────

VOLATILE: Final = {"clock_timestamp", "gen_random_uuid", "nextval", "random", "timeofday"}
MODIFYING: Final = {"insert", "update", "delete", "merge"}
BLOCK_BEGINS: Final = {"select", "with", "values", *MODIFYING}
AFTER_A_FILTER: Final = {
    "", ")", ";", "and", "cross", "group", "having", "inner", "join", "left", "limit", "offset",
    "on", "order", "returning", "right", "union", "where",
}  # fmt: skip
NOT_AN_ALIAS: Final = {
    *AFTER_A_FILTER, "(", ",", "as", "default", "for", "from", "select", "set", "using", "values",
}  # fmt: skip

Tokens = tuple[str, ...]


def objections(sql: str, *, all_merchants: bool) -> list[str]:
    """What is wrong with a query. `all_merchants`: joins by merchant_id replace the filters."""
    tokens = tokens_of(sql)
    named = DISTRIBUTED & set(tokens)
    found = [*forbidden_words(tokens, named)]
    for block in blocks_of(tokens):
        found += objections_to_block(block, all_merchants=all_merchants)
    return found


def forbidden_words(tokens: Tokens, named: set[str]) -> Iterator[str]:
    """What is wrong with the words of a statement, wherever they are in it."""
    if named and "lateral" in tokens:
        yield "LATERAL; use window functions"
    if named and "ordinality" in tokens:
        yield "WITH ORDINALITY; put the rows in order in Python"
    if named and re.search(
        r"\bfor (no key )?(update|(key )?share)\b|\bskip locked\b", " ".join(tokens)
    ):
        yield "row locks; a claim is a lease"
    if MODIFYING & set(tokens) and (volatile := VOLATILE & set(tokens)):
        yield f"{', '.join(sorted(volatile))} in a modifying statement; hand the value in"


def objections_to_block(block: "Block", *, all_merchants: bool) -> Iterator[str]:
    """What is wrong with one block: tables without a filter, a sub-select in an INSERT's list."""
    if block.tokens[0] == "insert" and block.has_subselect_in_its_list:
        yield "a sub-select in the select list of an INSERT; join a grouped CTE"
    for table in block.tables:
        if table.is_inserted_into:
            if block.tokens[table.position + 1 : table.position + 3] != ("(", "merchant_id"):
                yield f"INSERT INTO {table.name} does not name merchant_id as its first column"
        elif all_merchants:
            if block.relations > 1 and not block.joins_by_merchant(table):
                yield f"{table.name} AS {table.alias} is not joined by merchant_id"
        elif not block.filters(table):
            yield f"{table.name} AS {table.alias} has no merchant_id filter in its own block"


# ── Reading SQL ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Table:
    """A distributed table named in a block, at a position of the block's tokens."""

    name: str
    alias: str
    position: int
    is_inserted_into: bool


@dataclass(frozen=True, slots=True)
class Block:
    """One SELECT, INSERT, UPDATE or DELETE; each block inside it is replaced by `(block)`."""

    tokens: Tokens

    @property
    def tables(self) -> tuple[Table, ...]:
        """Each reference to a distributed table; `orders.status` is a column and not counted."""
        following = (*self.tokens[1:], "", "")
        return tuple(
            Table(token, alias_after(self.tokens, at), at, self.tokens[at - 1] == "into")
            for at, token in enumerate(self.tokens)
            if token in DISTRIBUTED
            and following[at] != "."
            and self.tokens[at - 1] not in {".", "as"}
        )

    @property
    def relations(self) -> int:
        """How many tables, CTEs and functions the block reads or changes."""
        top = " ".join(top_level(self.tokens)).replace("do update set", "")
        lists = re.findall(r"\b(?:from|using) (.*?)(?= where | group | order | returning |$)", top)
        names = re.findall(r"\b(?:from|join|update|using) (?!merchant_id)", top)
        return len(names) + " ".join(lists).count(" , ")

    @property
    def has_subselect_in_its_list(self) -> bool:
        """Whether a sub-select stands between SELECT and FROM, also inside a function call."""
        if "select" not in self.tokens:
            return False
        after = self.tokens[self.tokens.index("select") :]
        return "(block)" in after[: after.index("from") if "from" in after else None]

    def filters(self, table: Table) -> bool:
        """Whether merchant_id of this table must equal one of the statement's parameters."""
        alone = len(self.tables) == 1 and self.relations == 1
        top = top_level(self.tokens)
        return "or" not in top and any(
            top[at - 1] in {"where", "and", "on"} and name_at(top, at, table, alone=alone)
            for at in range(1, len(top))
        )

    def joins_by_merchant(self, table: Table) -> bool:
        """Whether merchant_id of this table must equal that of another relation."""
        top = " ".join(top_level(self.tokens))
        mine, other = rf"{table.alias} \. merchant_id", r"(\w+) \. merchant_id"
        return " or " not in top and bool(
            re.search(rf"(where|and|on) ({mine} = {other}|{other} = {mine})", top)
        )


def name_at(top: Tokens, at: int, table: Table, *, alone: bool) -> bool:
    """Whether a whole filter of the table begins here; its name may be left out if it is alone."""
    if top[at : at + 2] == (table.alias, "."):
        at += 2
    elif not alone:
        return False
    rest = " ".join((*top[at:], "", ""))
    match = re.match(
        r"merchant_id = (?:any \(:merchant_ids\)|:merchant_id(?: :: integer)?) ?(\S*)", rest
    )
    return match is not None and match[1] in AFTER_A_FILTER


def alias_after(tokens: Tokens, at: int) -> str:
    """The alias of the table at this position, its own name if it has none."""
    following = (*tokens[at + 1 : at + 3], "", "")
    alias = following[1] if following[0] == "as" else following[0]
    return tokens[at] if alias in NOT_AN_ALIAS else alias


def top_level(tokens: Tokens) -> Tokens:
    """The tokens outside all brackets; `any (:merchant_ids)` becomes one token of its own."""
    kept: list[str] = []
    depth = 0
    for at, token in enumerate(tokens):
        depth -= token == ")"
        if depth == 0 and token not in {"(", ")"}:
            kept.append(token)
        if token == "(":
            if depth == 0 and tokens[at - 1] == "any" and tokens[at + 1] == ":merchant_ids":
                kept.append("(:merchant_ids)")
            depth += 1
    return tuple(kept)


def tokens_of(sql: str) -> Tokens:
    """The words and signs of a statement in lower case, without comments and texts."""
    bare = re.sub(r"'[^']*'", "''", re.sub(r"--[^\n]*", "", sql)).lower()
    return tuple(re.findall(r"(?<!:):[a-z_]+|::|[a-z_][a-z0-9_]*|\d+|<=|>=|<>|->>|->|''|\S", bare))


def blocks_of(tokens: Sequence[str]) -> list[Block]:
    """The blocks of a statement, inner ones first; the halves of a UNION are two blocks."""
    found: list[Block] = []
    open_blocks: list[list[str]] = [[]]
    brackets: list[bool] = []  # for each open bracket, whether it opens a block
    for at, token in enumerate(tokens):
        if token == "(":
            brackets.append(tokens[at + 1] in BLOCK_BEGINS)
            if brackets[-1]:
                open_blocks.append([])
                continue
        if token == ")" and brackets.pop():
            found += divided(open_blocks.pop())
            open_blocks[-1].append("(block)")
            continue
        open_blocks[-1].append(token)
    return found + divided(open_blocks[0])


def divided(tokens: list[str]) -> list[Block]:
    """The halves of a UNION as blocks, without the CTEs before the statement that uses them."""
    blocks: list[list[str]] = [[]]
    for token in tokens:
        if token == "union":
            blocks.append([])
        else:
            blocks[-1].append(token)
    return [Block(tuple(main_part(block))) for block in blocks if block]


def main_part(tokens: list[str]) -> list[str]:
    """A statement from its SELECT, INSERT, UPDATE or DELETE on."""
    begins = BLOCK_BEGINS - {"with"}
    return tokens[next((at for at, token in enumerate(tokens) if token in begins), 0) :]


def queries() -> dict[str, str]:
    """The text of each query by its name, with its included parts."""
    return {path.stem: sql_text(path.stem) for path in sorted(QUERIES.glob("*.sql"))}


# ── The check itself ──────────────────────────────────────────────────────────────────────────────

# The examples write it as [filter].
FILTER: Final = "merchant_id = ANY (:merchant_ids::integer[])"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM merchants WHERE login = :login::text;",
        "SELECT * FROM orders WHERE merchant_id = :merchant_id::integer AND order_id = :id::uuid;",
        "SELECT * FROM orders WHERE [filter];",
        "SELECT * FROM orders AS o JOIN merchants USING (merchant_id) WHERE o.[filter] ORDER BY 1;",
        "SELECT status, (SELECT count(*) FROM postings WHERE [filter]) FROM orders WHERE [filter]",
        "WITH a AS (SELECT 1 FROM orders WHERE [filter]) SELECT * FROM a",
        "UPDATE orders SET version = d.v FROM d WHERE orders.[filter] AND orders.order_id = d.id;",
        "DELETE FROM outbox USING old WHERE outbox.[filter] AND outbox.line = old.line RETURNING 1",
        "INSERT INTO orders (merchant_id, line) SELECT 1, 2 ON CONFLICT DO UPDATE SET line = 3",
        "SELECT * FROM x LEFT JOIN orders ON orders.[filter] AND orders.order_id = x.order_id",
        "SELECT 1 FROM orders WHERE [filter] UNION ALL SELECT 1 FROM postings WHERE [filter];",
        "SELECT 1 FROM orders WHERE [filter] AND (status = 'a' OR status = 'b')",
        "SELECT 1 FROM outbox -- FROM orders, clock_timestamp()\nWHERE merchant_id = :merchant_id",
        "SELECT clock_timestamp() FROM outbox WHERE merchant_id = :merchant_id::integer",
    ],
)
def test_good_statements_are_accepted(sql: str) -> None:
    assert objections(sql.replace("[filter]", FILTER), all_merchants=False) == []


@pytest.mark.parametrize(
    ("sql", "objection"),
    [
        ("SELECT * FROM orders;", "orders AS orders has no"),
        ("SELECT * FROM orders o WHERE o.order_id = :id", "orders AS o has no"),
        ("SELECT * FROM merchants, orders WHERE merchants.merchant_id = :merchant_id", "orders AS"),
        (
            "SELECT * FROM orders, decided WHERE merchant_id = :merchant_id",
            "orders AS orders has no",
        ),
        (
            "SELECT * FROM orders JOIN postings USING (merchant_id) WHERE orders.[filter]",
            "postings AS",
        ),
        ("SELECT * FROM orders JOIN merchants USING (merchant_id) WHERE [filter]", "orders AS"),
        (
            "SELECT (SELECT 1 FROM postings AS p WHERE p.a = orders.a) FROM orders WHERE [filter]",
            "AS p",
        ),
        (
            "SELECT (SELECT 1 FROM postings p WHERE p.merchant_id = o.merchant_id) FROM orders o",
            "postings AS p",
        ),
        ("WITH a AS (SELECT 1 FROM orders) SELECT 1 FROM postings WHERE [filter]", "orders AS"),
        ("SELECT 1 FROM orders WHERE [filter] UNION SELECT 1 FROM postings", "postings AS"),
        ("SELECT 1 FROM orders WHERE [filter] OR status = 'a'", "orders AS"),
        ("SELECT 1 FROM orders WHERE (:all::boolean OR [filter])", "orders AS"),
        ("SELECT 1 FROM orders WHERE NOT [filter]", "orders AS"),
        ("SELECT 1 FROM orders WHERE merchant_id = :merchant_id + 1", "orders AS"),
        ("SELECT 1 FROM orders WHERE merchant_id <> :merchant_id", "orders AS"),
        ("SELECT 1 FROM orders AS a JOIN orders AS b ON b.x = a.x WHERE a.[filter]", "orders AS b"),
        (
            "UPDATE orders SET status = 'a' FROM d WHERE orders.merchant_id = d.merchant_id",
            "orders",
        ),
        ("UPDATE orders SET merchant_id = :merchant_id", "orders AS orders has no"),
        ("DELETE FROM outbox USING old WHERE outbox.line = old.line", "outbox AS"),
        ("INSERT INTO orders (order_id) SELECT 1", "INSERT INTO orders does not name"),
        ("INSERT INTO orders SELECT * FROM unnest(:a::integer[])", "INSERT INTO orders does not"),
        (
            "INSERT INTO outbox (merchant_id, line) SELECT 1, least(2, (SELECT x FROM y)) FROM z",
            "a sub-select in the select list",
        ),
        ("SELECT 1 FROM a, LATERAL (SELECT 1 FROM orders WHERE [filter]) AS b", "LATERAL"),
        (
            "SELECT 1 FROM unnest(:a::int[]) WITH ORDINALITY AS w JOIN orders ON orders.[filter]",
            "WITH ORDINALITY",
        ),
        ("SELECT 1 FROM orders WHERE [filter] FOR UPDATE", "row locks"),
        ("SELECT 1 FROM orders WHERE [filter] FOR NO KEY UPDATE SKIP LOCKED", "row locks"),
        ("UPDATE outbox SET lease_until = clock_timestamp() WHERE [filter]", "clock_timestamp in"),
        (
            "WITH a AS (SELECT random() AS r) DELETE FROM outbox USING a WHERE outbox.[filter]",
            "random in",
        ),
    ],
)
def test_bad_statements_are_refused(sql: str, objection: str) -> None:
    assert any(
        objection in each
        for each in objections(sql.replace("[filter]", FILTER), all_merchants=False)
    )


@pytest.mark.parametrize(
    ("sql", "is_accepted"),
    [
        ("SELECT 1 FROM orders WHERE due_at <= :now ORDER BY due_at LIMIT :limit", True),
        (
            "UPDATE orders AS o SET x = 1 FROM due WHERE o.merchant_id = due.merchant_id",
            True,
        ),
        ("UPDATE orders AS o SET x = 1 FROM due WHERE o.order_id = due.order_id", False),
        (
            "UPDATE orders SET x = 1 FROM due WHERE due.merchant_id = orders.merchant_id OR true",
            False,
        ),
        ("DELETE FROM orders USING due WHERE orders.order_id = due.order_id", False),
        ("SELECT 1 FROM orders WHERE due_at <= :now FOR UPDATE SKIP LOCKED", False),
    ],
)
def test_statements_over_all_merchants_join_by_merchant(sql: str, *, is_accepted: bool) -> None:
    assert (objections(sql.replace("[filter]", FILTER), all_merchants=True) == []) is is_accepted
