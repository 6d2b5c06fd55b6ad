"""`altyn callbacks`: lists callbacks, shows their deliveries, and sends them again.

An operator sees without SQL why a shop was not notified of a payment.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.callbacks.addresses import refusal_of_address
from altyn.cli.callbacks.listen import listen
from altyn.cli.callbacks.verify import verify
from altyn.cli.environment import read_settings
from altyn.cli.lookup import find_merchant_id, order_meant, read_order_id
from altyn.cli.output import CommandError, JsonFlag, console, print_json, print_line

if TYPE_CHECKING:
    from altyn.cli.account import OpenAccount
    from altyn.domain.callback_history import CallbackDetail, CallbackSummary
    from altyn.domain.outbox import EntryId, EntryState
    from altyn.operations.ports import Clock
    from altyn.storage.callback_history import CallbackHistory
    from altyn.storage.database import Pool

app = typer.Typer(help="List, show, resend and check callbacks.")
MerchantOption = Annotated[
    str | None, typer.Option("--merchant", help="Only callbacks of this shop (its login).")
]
LIST_SIZE: Final = 20
LIST_SIZE_MAX: Final = 1000


@app.command("list")
def list_callbacks(
    merchant: MerchantOption = None,
    order: Annotated[str | None, typer.Option(help="orderId, or the shop's orderNumber.")] = None,
    state: Annotated[str | None, typer.Option(help="waiting, delivered or dead.")] = None,
    limit: Annotated[
        int, typer.Option(help="List at most this many.", min=1, max=LIST_SIZE_MAX)
    ] = LIST_SIZE,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """List the newest callbacks, newest first."""
    wanted = read_state(state)

    async def work(pool: "Pool", _: "Clock") -> None:
        from altyn.cli.callbacks.view import print_callbacks
        from altyn.inbound.sandbox.callback_members import summary_members

        merchant_id = await _merchant_id(pool, merchant)
        lines = await _newest(_history(pool), order, merchant_id, state=wanted, limit=limit)
        if as_json:
            print_json([summary_members(line) for line in lines])
        elif lines:
            print_callbacks(lines)
        else:
            print_line(_nothing(narrowed=any((merchant, order, state))))

    _with_history(work)


@app.command()
def show(
    callback: Annotated[
        str,
        typer.Argument(help="A callback's id; or orderId or orderNumber, for all its callbacks."),
    ],
    merchant: MerchantOption = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Show a callback: its parameters, its state, and every attempt to deliver it."""
    from altyn.domain.callback_history import parse_callback_id

    async def work(pool: "Pool", clock: "Clock") -> None:
        from altyn.cli.callbacks.view import print_callback
        from altyn.inbound.sandbox.callback_members import detail_members

        history = _history(pool)
        which = parse_callback_id(callback)
        wanted = [which] if which else await _of_order(pool, callback, merchant)
        details = [await _detail(history, each, callback) for each in wanted]
        if as_json:
            print_json([detail_members(detail) for detail in details])
            return
        for number, detail in enumerate(details):
            if number:
                console().rule(style="dim")
            print_callback(detail, clock.now())

    _with_history(work)


@app.command()
def tail(
    merchant: MerchantOption = None,
    limit: Annotated[
        int | None,
        typer.Option(help="End after this many deliveries; default: run until Ctrl-C.", min=1),
    ] = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Print each delivery of a callback when it ends, until Ctrl-C; --json: one object per line."""

    async def work(pool: "Pool", clock: "Clock") -> None:
        from altyn.cli.callbacks.view import print_delivery
        from altyn.cli.callbacks.watch import watch

        merchant_id = await _merchant_id(pool, merchant)
        left = limit
        if console().is_terminal and not as_json:
            print_line("Waiting for callbacks. Ctrl-C stops the command.", "dim")
        async for delivery in watch(_history(pool), merchant_id, clock.now()):
            print_delivery(delivery, as_json=as_json)
            left = None if left is None else left - 1
            if left == 0:
                return

    try:
        _with_history(work)
    except KeyboardInterrupt:
        return


@app.command()
def resend(
    callbacks: Annotated[
        list[str] | None,
        typer.Argument(help="Callback ids; or orderId or orderNumber, for all its callbacks."),
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="Send to this address instead of the old one.")
    ] = None,
    dead: Annotated[  # noqa: FBT002 - an option of the command
        bool, typer.Option("--dead", help="All dead callbacks of the shop in --merchant.")
    ] = False,
    merchant: MerchantOption = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Send callbacks again now, in any state; each has its full number of attempts again."""
    named = callbacks or []
    _check_request(named, to, dead=dead, merchant=merchant)

    async def work(account: "OpenAccount") -> None:
        if dead:
            await _resend_dead(account, merchant, as_json=as_json)
            return
        pool = account.pool
        wanted = [each for text in named for each in await _callbacks_of(pool, text, merchant)]
        refusals = {which: await _resend(account, which, to) for which in wanted}
        refused = [refusal for refusal in refusals.values() if refusal]
        sent = [which for which, refusal in refusals.items() if refusal is None]
        if as_json:
            print_json({"resent": len(sent), "callbacks": [str(which) for which in sent]})
        elif sent:
            for which in sent:
                print_line(f"{which} is sent again{f' to {to}' if to else ''}.")
            _print_resent(len(sent))
        if refused:
            raise CommandError(" ".join(refused))

    _with_account(work)


app.command()(verify)
app.command()(listen)


# ── The request ───────────────────────────────────────────────────────────────────────────────────


def read_state(text: str | None) -> "EntryState | None":
    """The state with this name; None without a name. Refuses with CommandError: unknown name."""
    from altyn.domain.outbox import EntryState
    from altyn.domain.similar_names import did_you_mean

    if text is None:
        return None
    try:
        return EntryState(text.lower())
    except ValueError:
        meant = did_you_mean(text, EntryState)
        raise CommandError(
            f"There is no state {text!r}.{meant} The states are: {', '.join(EntryState)}."
        ) from None


def _check_request(
    named: Sequence[str], to: str | None, *, dead: bool, merchant: str | None
) -> None:
    """Check the arguments of `resend`.

    Refuses with CommandError: --dead with ids or --to, --dead without --merchant, neither ids nor
    --dead, an address that the gateway would never call.
    """
    if dead and (named or to):
        raise CommandError(
            "--dead sends all dead callbacks of a shop again, each to its own address. "
            "With --dead, leave out the ids and --to."
        )
    if dead and merchant is None:
        raise CommandError(
            "--dead needs the shop: `altyn callbacks resend --dead --merchant LOGIN`."
        )
    if not dead and not named:
        raise CommandError(
            "Name the callbacks to send again: ids from `altyn callbacks list`, an orderId, "
            "or --dead --merchant LOGIN for all dead callbacks."
        )
    refusal = None if to is None else refusal_of_address(to)
    if refusal is not None:
        raise CommandError(f"--to {to}: {refusal}")


async def _callbacks_of(pool: "Pool", text: str, merchant: str | None) -> "list[EntryId]":
    """The callbacks that an id, an orderId or an orderNumber names. Refuses as `_of_order`."""
    from altyn.domain.callback_history import parse_callback_id

    which = parse_callback_id(text)
    return [which] if which else await _of_order(pool, text, merchant)


async def _of_order(pool: "Pool", text: str, merchant: str | None) -> "list[EntryId]":
    """All callbacks of an order, oldest first.

    Refuses with CommandError: no callbacks, orders of several shops with this orderNumber.
    """
    merchant_id = await _merchant_id(pool, merchant)
    lines = await _newest(_history(pool), text, merchant_id, state=None, limit=LIST_SIZE_MAX)
    if not lines:
        raise _unknown(text, await order_meant(pool, text))
    shops = sorted({line.merchant for line in lines})
    if len(shops) > 1:
        raise CommandError(
            f"Several shops have an order {text}: {', '.join(shops)}. Choose one with --merchant."
        )
    return [line.id for line in reversed(lines)]


# ── Sending again ─────────────────────────────────────────────────────────────────────────────────


async def _resend(account: "OpenAccount", which: "EntryId", to: str | None) -> str | None:
    """Send a callback again; None when done, else the reason: it is unknown, or is being sent."""
    from altyn.domain.callback import host_of

    history = _history(account.pool)
    if await history.resend(which, receiver=to, now=account.context.clock.now()):
        detail = f"to {host_of(to)}" if to else ""
        await _record(account, which.merchant_id, str(which), detail)
        return None
    if await history.show(which) is None:
        return str(_unknown(str(which)))
    return (
        f"{which} is being sent at this moment, so it is not sent again. See the result with "
        f"`altyn callbacks show {which}`, then send it again if necessary."
    )


async def _resend_dead(account: "OpenAccount", merchant: str | None, *, as_json: bool) -> None:
    merchant_id = await _merchant_id(account.pool, merchant)
    assert merchant_id is not None, "checked before"
    now = account.context.clock.now()
    count = await _history(account.pool).resend_dead(merchant_id, now=now)
    if count:
        await _record(account, merchant_id, f"{count} dead")
    if as_json:
        print_json({"resent": count, "merchantLogin": merchant})
        return
    if count == 0:
        print_line(f"{merchant} has no dead callback.")
        return
    what = "callback" if count == 1 else "callbacks"
    print_line(f"{count} {what} of {merchant} {'is' if count == 1 else 'are'} sent again.")
    _print_resent(count)


async def _record(account: "OpenAccount", merchant_id: int, subject: str, detail: str = "") -> None:
    """Add an entry of the audit log for callbacks that are sent again."""
    from altyn.domain.account.audit import AuditAction

    actor = account.staff(merchant_id, "altyn callbacks")
    await account.record(actor, AuditAction.CALLBACK_RESENT, subject, detail)


def _print_resent(count: int) -> None:
    what = "it" if count == 1 else "them"
    print_line(
        f"A running gateway sends {what} at once. If no gateway runs, the next start sends {what}. "
        "`altyn callbacks tail` shows the deliveries.",
        "dim",
    )


# ── The database ──────────────────────────────────────────────────────────────────────────────────


def _with_account(work: "Callable[[OpenAccount], Awaitable[None]]") -> None:
    """Run `work` with the database, the clock and the audit log."""
    from altyn.cli.account import with_account

    with_account(read_settings(), work)


def _with_history(work: "Callable[[Pool, Clock], Awaitable[None]]") -> None:
    """Run `work` with a pool of the gateway's database and the gateway's clock."""
    from altyn.cli.database import gateway_clock, with_pool

    settings = read_settings()

    async def run(pool: "Pool") -> None:
        await work(pool, await gateway_clock(pool, settings))

    with_pool(settings, run)


def _history(pool: "Pool") -> "CallbackHistory":
    from altyn.storage.callback_history import CallbackHistory

    return CallbackHistory(pool)


async def _detail(history: "CallbackHistory", which: "EntryId", text: str) -> "CallbackDetail":
    """A callback with its deliveries. Refuses with CommandError: there is none; `text` is what the
    user has typed."""
    detail = await history.show(which)
    if detail is None:
        raise _unknown(text)
    return detail


async def _merchant_id(pool: "Pool", login: str | None) -> int | None:
    """The number of a shop; None for all shops. Refuses with CommandError: no such shop."""
    return None if login is None else await find_merchant_id(pool, login)


async def _newest(
    history: "CallbackHistory",
    order: str | None,
    merchant_id: int | None,
    *,
    state: "EntryState | None",
    limit: int,
) -> "Sequence[CallbackSummary]":
    """The newest callbacks, newest first. `order`: only those of this orderId or orderNumber."""
    key = read_order_id(order) if order else None
    if key is None:
        return await history.newest(merchant_id, order_number=order, state=state, limit=limit)
    if merchant_id not in {None, key.merchant_id}:
        return []
    return await history.newest(key.merchant_id, subject_id=key.order_id, state=state, limit=limit)


# ── Messages ──────────────────────────────────────────────────────────────────────────────────────


def _nothing(*, narrowed: bool) -> str:
    if narrowed:
        return "There is no such callback."
    return (
        "There are no callbacks yet. A shop gets callbacks after it has an address: "
        "altyn merchant set LOGIN callbacks.urls=http://127.0.0.1:9090/cb"
    )


def _unknown(text: str, meant: str = "") -> CommandError:
    return CommandError(
        f"There is no callback for {text}.{meant} `altyn callbacks list` lists the newest. A "
        "change of an order gets no callback if its shop has no address (callbacks.urls) at that "
        "time."
    )
