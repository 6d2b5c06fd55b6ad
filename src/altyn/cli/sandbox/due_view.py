"""The output of `altyn clock due`: what happens next, with its time and its order."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from altyn.cli.columns import Cell, Row, headers, print_records
from altyn.cli.durations import describe
from altyn.cli.output import print_line
from altyn.cli.sandbox.clock_client import clock_time

Members = Mapping[str, Any]


def print_due(members: Members) -> None:
    """Print two lines for each thing that is due: its time as `altyn clock set` takes it, how far
    away it is, its shop and order; then what happens."""
    if not members["due"]:
        print_line("Nothing is planned. Register an order; its time to pay ends by the clock.")
        return
    now = clock_time(members["now"])
    names = [headers("At", "In", "Shop", "Order number"), headers("What")]
    print_records(names, [_rows(each, now) for each in members["due"]])


def _rows(item: Members, now: datetime) -> Sequence[Row]:
    at = datetime.fromisoformat(item["moscow"])
    away = at - now
    problem = f" ({item['problem']})" if item["problem"] else ""
    return (
        (
            Cell(at.isoformat(timespec="seconds")),
            Cell(describe(away) if away.total_seconds() > 0 else "now", right=True),
            Cell(item["shop"]),
            Cell(item["orderNumber"] or ""),
        ),
        (Cell(item["text"] + problem),),
    )
