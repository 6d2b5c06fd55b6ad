"""`altyn receipt`: lists fiscal receipts, shows one, and sends a failed one again."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import typer

from altyn.cli.actors import actor_name
from altyn.cli.environment import gateway_address, read_settings
from altyn.cli.lookup import find_merchant_id, load_merchant, read_order_id
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line

if TYPE_CHECKING:
    from altyn.domain.receipt.contact import Contact
    from altyn.domain.receipt.values import Receipt, ReceiptState
    from altyn.operations.ports import Clock
    from altyn.operations.staff.resend_receipt import ResendContext
    from altyn.settings import Settings
    from altyn.storage.database import Pool

app = typer.Typer(help="List and show fiscal receipts, and send failed ones again.")
MerchantOption = Annotated[
    str | None, typer.Option("--merchant", help="Only receipts of this shop (its login).")
]
LIST_SIZE: Final = 20
LIST_SIZE_MAX: Final = 1000


@app.command("list")
def list_receipts(
    merchant: MerchantOption = None,
    status: Annotated[str | None, typer.Option(help="sent, delivered or failed.")] = None,
    limit: Annotated[
        int, typer.Option(help="List at most this many.", min=1, max=LIST_SIZE_MAX)
    ] = LIST_SIZE,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """List the newest receipts, newest first."""
    from altyn.cli.database import with_pool

    settings, wanted = read_settings(), read_state(status)

    async def work(pool: "Pool") -> None:
        from altyn.storage.receipts import ReceiptStore

        merchant_ids = await _merchant_ids(pool, merchant)
        found = await ReceiptStore(pool).newest(merchant_ids, state=wanted, limit=limit)
        _print(found, settings, as_json=as_json, nothing="There are no such receipts.")

    with_pool(settings, work)


@app.command()
def show(
    receipt: Annotated[
        str, typer.Argument(help="A receipt's id (uuid); or an orderId, for all its receipts.")
    ],
    merchant: MerchantOption = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Show a receipt: its sum, its state, its document, and why it failed."""
    from altyn.cli.database import with_pool

    settings = read_settings()

    async def work(pool: "Pool") -> None:
        from altyn.storage.receipts import ReceiptStore

        key = read_order_id(receipt)
        found: Sequence[Receipt] = ()
        if key is not None:
            found = await ReceiptStore(pool).of_order(key.merchant_id, key.order_id)
        if not found:
            found = [await _find(pool, receipt, merchant)]
        _print(found, settings, as_json=as_json)

    with_pool(settings, work)


@app.command()
def resend(
    receipt: Annotated[str, typer.Argument(help="The id (uuid) of a failed receipt.")],
    merchant: MerchantOption = None,
    contact: Annotated[
        str | None,
        typer.Option(help="Send it to this e-mail address or phone number instead."),
    ] = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Send a failed receipt again, with the shop's settings of now, as a new receipt."""
    from altyn.cli.database import gateway_clock, with_pool

    settings, goes_to = read_settings(), read_contact_option(contact)

    async def work(pool: "Pool") -> None:
        from altyn.operations.decisions import Refused
        from altyn.operations.staff.resend_receipt import resend_receipt

        failed = await _find(pool, receipt, merchant)
        context = _context(pool, await gateway_clock(pool, settings))
        made = await resend_receipt(failed, goes_to, context)
        if isinstance(made, Refused):
            raise CommandError(f"Receipt {receipt} is not sent again: {made.rule}.")
        _print([made], settings, as_json=as_json)
        if not as_json:
            print_line(f"A running gateway sends it now: `altyn receipt show {made.receipt_id}`.")

    with_pool(settings, work)


def read_state(text: str | None) -> "ReceiptState | None":
    """The state with this name; None without a name. Refuses with CommandError: unknown name."""
    from altyn.domain.receipt.values import ReceiptState
    from altyn.domain.similar_names import did_you_mean

    if text is None:
        return None
    try:
        return ReceiptState(text.lower())
    except ValueError:
        meant = did_you_mean(text, ReceiptState)
        raise CommandError(
            f"There is no status {text!r}.{meant} The statuses are: {', '.join(ReceiptState)}."
        ) from None


def read_contact_option(text: str | None) -> "Contact":
    """The contact that --contact names; an empty one without it. Refuses with CommandError."""
    from altyn.domain.receipt.contact import Contact, ContactFault, read_contact

    if text is None:
        return Contact()
    found = read_contact(text)
    if isinstance(found, ContactFault):
        raise CommandError(
            "--contact takes an e-mail address of at most 64 characters, or a phone number of 7 to "
            "15 digits with its country code."
        )
    return found


def _print(
    receipts: "Sequence[Receipt]", settings: "Settings", *, as_json: bool, nothing: str = ""
) -> None:
    from altyn.cli.dates import in_moscow
    from altyn.cli.orders.members import receipt_members
    from altyn.cli.orders.view import receipt_lines

    if as_json:
        print_json([{"orderId": str(each.order_id), **receipt_members(each)} for each in receipts])
        return
    base_url = settings.public_url or gateway_address(settings)
    for each in receipts:
        print_line(f"{each.receipt_id}  {in_moscow(each.created_at)}  order {each.order_id}")
        for line in receipt_lines(each, base_url):
            print_line(f"  {line}")
    if not receipts:
        print_line(nothing)


async def _merchant_ids(pool: "Pool", login: str | None) -> list[int]:
    """The shop with this login, or all shops. Refuses with CommandError: no such shop."""
    from altyn.storage.statements import statement

    if login is not None:
        return [await find_merchant_id(pool, login)]
    return [row["merchant_id"] for row in await statement("list_merchants").fetch(pool)]


async def _find(pool: "Pool", text: str, login: str | None) -> "Receipt":
    """The receipt with this id. Refuses with CommandError: there is none."""
    from altyn.storage.receipts import ReceiptStore

    merchant_ids = await _merchant_ids(pool, login)
    try:
        found = await ReceiptStore(pool).find(merchant_ids, UUID(text))
    except ValueError:
        found = None
    if found is None:
        raise CommandError(
            f"There is no receipt {text}. `altyn receipt list` lists the newest receipts, and "
            "`altyn order show` those of an order."
        )
    return found


def _context(pool: "Pool", clock: "Clock") -> "ResendContext":
    from altyn.main.effects import BUILT_IN, EffectKinds, mail_kind
    from altyn.operations.staff.actors import StaffActor, StaffRole
    from altyn.operations.staff.resend_receipt import ResendContext
    from altyn.storage.orders import OrderStore
    from altyn.storage.receipts import ReceiptStore

    return ResendContext(
        orders=OrderStore(pool),
        receipts=ReceiptStore(pool),
        merchant=partial(load_merchant, pool),
        effects=EffectKinds.of((*BUILT_IN, mail_kind())),
        clock=clock,
        actor=StaffActor(name=actor_name("altyn receipt"), role=StaffRole.OPERATOR),
    )
