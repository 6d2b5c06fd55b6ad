"""The audit of payments in parts: the books of the service that lends, compared with those of the
bank of the payers' cards, and with the histories of the orders.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from altyn.storage.database import Pool

CONTRACTS: Final = """
    SELECT * FROM simulators.bnpl_contracts
    WHERE state = 'active' AND ($1::uuid[] IS NULL OR order_id = ANY($1))
"""
AT_BANK: Final = """
    SELECT key, approved_minor, refunded_minor FROM simulators.bank_authorisations
    WHERE key LIKE 'bnpl:' || $1 || ':%'
"""
EVENTS: Final = """
    SELECT detail ->> 'part' AS part FROM order_events
    WHERE order_id = $1 AND event = 'instalment_charged'
"""


async def audit_parts(pool: Pool, order_ids: Sequence[UUID] | None = None) -> list[str]:
    """Every inconsistency of the payments in parts of these orders, or of all, as text; no part may
    be in progress."""
    errors = []
    for row in await pool.fetch(CONTRACTS, order_ids):
        bank = await pool.fetch(AT_BANK, row["key"])
        events = await pool.fetch(EVENTS, row["order_id"])
        shown = Counter(int(event["part"]) for event in events)
        errors += [f"{row['key']}: {error}" for error in _errors(row, bank, shown)]
    return errors


def _errors(row: Any, bank: list[Any], shown: Counter[int]) -> Iterator[str]:
    if row["pending"] != "[]":
        yield f"requests to the bank are pending: {row['pending']}"
    parts, keys = json.loads(row["parts"]), json.loads(row["charge_keys"])
    at_bank = {each["key"]: each for each in bank}
    if sorted(at_bank) != sorted(keys.values()):
        yield f"the bank has charged {sorted(at_bank)}, the service {sorted(keys.values())}"
    for part in parts:
        charged = at_bank.get(keys.get(str(part["number"]), ""))
        sums = (charged["approved_minor"], charged["refunded_minor"]) if charged else (0, 0)
        if sums != (part["charged_minor"], part["returned_minor"]):
            yield f"the bank has charged and returned {sums} of part {part}"
    later = Counter(int(number) for number in keys if number != "1")
    if shown != later:
        yield f"charged later {later}, in the order's history {shown}"
