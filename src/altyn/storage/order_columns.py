"""The columns of an order, declared once; a test holds the SQL and the schema to this table.

A new column is a row here, a field of `Order`, a migration, and its name in the SQL.
"""

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Final

from altyn.domain.card.attempt_limits import counts
from altyn.domain.order import Attempt, Order


@dataclass(frozen=True, slots=True)
class Column:
    """A column of `orders` that holds the field of `Order` with the same name.

    `changes` is True where a decision may change it: `save_orders` writes it with every change.
    `registered` is True where `register_orders` writes it.
    """

    name: str
    type: str
    changes: bool = False
    registered: bool = False


ORDER_COLUMNS: Final = (
    Column("merchant_id", "integer", registered=True),
    Column("order_id", "uuid", registered=True),
    Column("order_number", "text", registered=True),
    Column("version", "integer", changes=True),
    Column("status", "text", changes=True),
    Column("currency", "text", registered=True),
    Column("amount_minor", "bigint", registered=True),
    Column("approved_minor", "bigint", changes=True),
    Column("deposited_minor", "bigint", changes=True),
    Column("refunded_minor", "bigint", changes=True),
    Column("paid_out_minor", "bigint", changes=True),
    Column("two_phase", "boolean", registered=True),
    Column("attempts_max", "smallint", registered=True),
    Column("hold_days", "smallint", registered=True),
    Column("action_code", "integer", changes=True),
    Column("partly_reversed", "boolean", changes=True),
    Column("created_at", "timestamptz", registered=True),
    Column("expires_at", "timestamptz", registered=True),
    Column("approved_at", "timestamptz", changes=True),
    Column("deposited_at", "timestamptz", changes=True),
    Column("reversed_at", "timestamptz", changes=True),
    Column("refunded_at", "timestamptz", changes=True),
    Column("auto_completion_at", "timestamptz", changes=True, registered=True),
    Column("auto_reverse_at", "timestamptz", changes=True, registered=True),
    Column("postponed_until", "timestamptz", changes=True),
    Column("changed_at", "timestamptz", changes=True),
    Column("payer_ip", "text", changes=True, registered=True),
    Column("request", "jsonb", changes=True, registered=True),
    Column("params", "jsonb", changes=True, registered=True),
)

JSON_COLUMNS: Final = frozenset({"request", "params"})
CHANGING: Final = tuple(column.name for column in ORDER_COLUMNS if column.changes)
REGISTERED: Final = tuple(column.name for column in ORDER_COLUMNS if column.registered)
ATTEMPT_FIELDS: Final = tuple(field.name for field in fields(Attempt))
COUNTED: Final = "counted"
"""The column of an attempt that is no field: whether it counts against the limits."""

_changing: Final = attrgetter(*CHANGING)
_attempt: Final = attrgetter(*ATTEMPT_FIELDS)


def changing_values(order: Order) -> dict[str, object]:
    """The columns of an order that `save_orders` writes, by name."""
    return dict(zip(CHANGING, _changing(order), strict=True))


def attempt_values(attempt: Attempt) -> dict[str, object]:
    """The columns of an attempt, by name."""
    values: dict[str, object] = dict(zip(ATTEMPT_FIELDS, _attempt(attempt), strict=True))
    values[COUNTED] = counts(attempt)
    return values
