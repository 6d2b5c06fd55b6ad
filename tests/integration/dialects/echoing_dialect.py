"""The classic dialect with one row more: a parameter that is stored, and echoed in the status."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from altyn.operations.results import OrderFound
from altyn.protocol import types as t
from altyn.protocol.dialects.classic.dialect import CLASSIC
from altyn.protocol.dialects.classic.methods import GET_ORDER_STATUS_EXTENDED, REGISTER
from altyn.protocol.dialects.classic.order_view import extended_fields
from altyn.protocol.dialects.classic.shared_rows import stored
from altyn.protocol.dialects.classic.status_fields import show, view_of
from altyn.protocol.presentation import AnswerContext, Members, presents
from altyn.protocol.table import Echo

ROW: Final = stored(
    "tableNumber", t.text(10), "The table in the restaurant.", echo=Echo("servedTable", since=20)
)

# What src does with REGISTRATION, done with the row added.
ROWS: Final = (*REGISTER.parameters, ROW)
FIELDS: Final = extended_fields(ROWS)


def _status(found: OrderFound, context: AnswerContext) -> Members:
    return show(FIELDS, view_of(found.order, found.merchant, context.language), found.merchant)


ECHOING: Final = replace(
    CLASSIC,
    name="echoing",
    prefix="/payment/echoing/",
    methods=(
        replace(REGISTER, parameters=ROWS),
        replace(GET_ORDER_STATUS_EXTENDED, present=presents(OrderFound, _status)),
    ),
)
