"""The SQL of orders names exactly the columns of `order_columns.py`, with the same types."""

import re
from dataclasses import fields
from typing import Final

from altyn.domain.order import Attempt, Order
from altyn.operations.decisions import OrderChanges
from altyn.storage.order_columns import (
    ATTEMPT_FIELDS,
    CHANGING,
    COUNTED,
    ORDER_COLUMNS,
    REGISTERED,
)
from altyn.storage.statements import sql_text

SAVE: Final = sql_text("save_orders")
REGISTER: Final = sql_text("register_orders")
OTHER_COLUMNS: Final = {"expected_version", "due_at", "at", "event", "actor", "actor_ip", "detail"}


def between(text: str, begin: str, end: str) -> str:
    """The text between two markers, comments left out."""
    found = re.search(re.escape(begin) + "(.*?)" + re.escape(end), text, re.DOTALL)
    assert found, f"{begin} … {end}"
    return re.sub("--[^\n]*", "", found[1])


def declared(columns: str) -> dict[str, str]:
    """Name and type of each column of a `… AS name (column type, …)` list."""
    return dict(each.split() for each in columns.split(","))


def test_every_field_of_an_order_has_its_column() -> None:
    assert [column.name for column in ORDER_COLUMNS] != []
    assert {c.name for c in ORDER_COLUMNS} == {f.name for f in fields(Order)} - {"attempts"}


def test_save_orders_writes_the_columns_that_change() -> None:
    types = {c.name: c.type for c in ORDER_COLUMNS}
    read = declared(between(SAVE, "(:orders) AS decided (", ")\n)"))
    assert read.keys() - OTHER_COLUMNS == {*CHANGING, "merchant_id", "order_id"}
    assert {name: read[name] for name in CHANGING} == {name: types[name] for name in CHANGING}
    changed = re.findall(
        r"(\w+) = decided\.(\w+)", between(SAVE, "UPDATE orders SET", "FROM decided")
    )
    assert all(left == right for left, right in changed)
    assert {left for left, _ in changed} == {*CHANGING, "due_at"}


def test_a_decision_may_change_only_columns_that_are_saved() -> None:
    assert OrderChanges.__annotations__.keys() | {"status", "version", "changed_at"} == set(
        CHANGING
    )


def test_register_orders_writes_the_columns_of_a_new_order() -> None:
    written = between(REGISTER, "INSERT INTO orders (", ")").replace("\n", " ").split(",")
    names = {name.strip() for name in written}
    assert names == {*REGISTERED, "version", "status", "due_at", "cart"}


def test_save_orders_writes_every_field_of_an_attempt() -> None:
    assert set(ATTEMPT_FIELDS) == {field.name for field in fields(Attempt)}
    written = between(SAVE, "INSERT INTO payment_attempts (", ")").replace("\n", " ").split(",")
    columns = {*ATTEMPT_FIELDS, COUNTED}
    assert {name.strip() for name in written} == {"merchant_id", "order_id", *columns}
    read = declared(between(SAVE, "(:attempts) AS attempt (", ")"))
    assert read.keys() == {"order_id", *columns}
