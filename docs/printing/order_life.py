"""The life of an order: its statuses, the diagram of its events, and the movements of its money.

The diagram is drawn from the lifecycle table, and the gateway's ledger adds up the amounts.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from altyn.domain import ledger
from altyn.domain.ledger import Account, Movement, Posting
from altyn.domain.lifecycle import LIFECYCLE, OrderStatus
from altyn.protocol.dialects.classic.order_statuses import ON_WIRE, ORDER_STATUSES
from docs.printing.markdown import code, page, section, table


def statuses_page() -> str:
    """`orderStatus`, `paymentState`, and the events that change them."""
    return page(
        "Order statuses",
        "`orderStatus` is the state of the order as a number, `paymentState` as a word. "
        "`errorCode` says whether the last request was carried out, and `actionCode` is the "
        "bank's answer.",
        table(("Number", "State", "Inside", "English", "Russian"), _statuses()),
        section(
            "The life of an order",
            "An order has no other transitions.",
            _diagram(),
            table(("From", "Event", "To"), _transitions()),
        ),
    )


def _statuses() -> Iterator[tuple[object, ...]]:
    for row in ORDER_STATUSES:
        yield row.number, code(row.state), row.status.value, row.en, row.ru


def _transitions() -> Iterator[tuple[str, str, str]]:
    for before, event, after in LIFECYCLE:
        yield _numbered(before), event.value.replace("_", " "), _numbered(after)


def _numbered(status: OrderStatus) -> str:
    return f"{ON_WIRE[status].number} {status.value}"


def _diagram() -> str:
    """A Mermaid diagram: one arrow for each pair of statuses, with all its events."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {row.status} : {row.number} {row.status}" for row in ORDER_STATUSES]
    lines.append(f"    [*] --> {OrderStatus.CREATED} : registered")
    ordered = sorted(LIFECYCLE, key=lambda row: _arrow(row[0], row[2]))
    for (before, after), rows in groupby(ordered, key=lambda row: (row[0], row[2])):
        events = ", ".join(event.value.replace("_", " ") for _, event, _ in rows)
        lines.append(f"    {before} --> {after} : {events}")
    return "\n".join((*lines, "```"))


def _arrow(before: OrderStatus, after: OrderStatus) -> tuple[int, int]:
    return ON_WIRE[before].number, ON_WIRE[after].number


# ── The ledger ────────────────────────────────────────────────────────────────────────────────────

_ACCOUNTS: Final = {
    Account.PAYER: "with the payer, at the issuer",
    Account.HOLD: "reserved at the issuer for this order",
    Account.MERCHANT: "due to the merchant",
}

# Orders of 1000.00, step by step; the ledger computes each line.
_STORIES: Final[tuple[tuple[str, tuple[tuple[str, tuple[Posting, ...]], ...]], ...]] = (
    (
        "Two stages, part deposited, part refunded",
        (
            ("the card pays 1000.00", ledger.hold(1_000_00)),
            ("deposit 400.00", ledger.deposit(400_00, remainder_minor=600_00)),
            ("refund 150.00", ledger.refund(150_00)),
            ("refund the rest", ledger.refund(250_00)),
        ),
    ),
    (
        "One stage, refunded in part",
        (
            (
                "the card pays 1000.00",
                (*ledger.hold(1_000_00), *ledger.deposit(1_000_00, remainder_minor=0)),
            ),
            ("refund 300.00", ledger.refund(300_00)),
        ),
    ),
    (
        "A hold reversed",
        (
            ("the card pays 1000.00", ledger.hold(1_000_00)),
            ("reverse", ledger.reversal(1_000_00, deposited=False)),
        ),
    ),
    (
        "A deposit reversed in part, the same day",
        (
            (
                "the card pays 1000.00",
                (*ledger.hold(1_000_00), *ledger.deposit(1_000_00, remainder_minor=0)),
            ),
            ("reverse 200.00", ledger.reversal(200_00, deposited=True)),
        ),
    ),
)


def ledger_page() -> str:
    """Accounts, movements, and some example orders."""
    return page(
        "Ledger",
        "Every change of an order's money is a posting: an amount that moves from one account to "
        "another. So the accounts of an order always add up to zero. The amounts that a shop sees "
        "are sums over the postings.",
        section("Accounts", table(("Account", "The money is"), _accounts())),
        section("Movements", table(("Movement", "From", "To"), _movements())),
        *(section(title, table(_STORY_COLUMNS, _story(steps))) for title, steps in _STORIES),
    )


_ORDER: Final = [code(movement) for movement in Movement]
_STORY_COLUMNS: Final = (
    "Step",
    "Postings",
    "`approvedAmount`",
    "`depositedAmount`",
    "`refundedAmount`",
)


def _accounts() -> Iterator[tuple[str, str]]:
    for account in Account:
        yield code(account), _ACCOUNTS[account]


def _movements() -> list[tuple[str, str, str]]:
    postings = [each for _, steps in _STORIES for _, made in steps for each in made]
    rows = {(code(p.movement), code(p.source), code(p.destination)): None for p in postings}
    return sorted(rows, key=lambda row: _ORDER.index(row[0]))


def _story(steps: Iterable[tuple[str, tuple[Posting, ...]]]) -> Iterator[tuple[str, ...]]:
    so_far: list[Posting] = []
    for name, made in steps:
        so_far += made
        sums = ledger.totals(so_far)
        left = sums.deposited_minor - sums.refunded_minor
        amounts = (sums.approved_minor, left, sums.refunded_minor)
        yield name, "\n".join(map(_spelled, made)), *map(_decimal, amounts)


def _spelled(posting: Posting) -> str:
    sides = f"{posting.source} → {posting.destination}"
    return f"{posting.movement}: {sides} {_decimal(posting.amount_minor)}"


def _decimal(amount_minor: int) -> str:
    return f"{amount_minor // 100}.{amount_minor % 100:02}"
