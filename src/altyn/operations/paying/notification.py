"""A result that the other side of a way to pay sends without an inquiry."""

from altyn.domain.order import Attempt, AttemptState
from altyn.domain.refusals import Refusal
from altyn.operations.connector import ConnectorResponse, Outcome, read_payment_key
from altyn.operations.decisions import Decision, Refused, Unchanged
from altyn.operations.perform import settle_response
from altyn.operations.ports import Actor, OrderKey, World


async def settle_notification(
    way: str, key: str, response: ConnectorResponse, *, actor: Actor, world: World
) -> Decision:
    """Settle the attempt with the connector's `key`; a repeated result changes nothing.

    The caller has authenticated the sender as the other side of `way`; attempts of other ways are
    out of its reach.
    Refuses: ORDER_UNKNOWN, BUSY.
    """
    read = read_payment_key(key)
    unknown = Refused(Refusal.ORDER_UNKNOWN, f"no payment {key} in the way {way}")
    if read is None:
        return unknown
    merchant_id, order_id, number = read
    order_key = OrderKey(merchant_id, order_id)
    order = await world.orders.load(order_key)
    if order is None or not 1 <= number <= len(order.attempts):
        return unknown
    attempt = order.attempt(number)
    paid = attempt if attempt.payment_way is not None else order.authorisation
    if paid is None or paid.payment_way != way:
        return unknown
    if _repeats(attempt, response):
        return Unchanged(order, number)
    return await settle_response(
        order_key, number, response, world=world, actor=actor, loaded=order
    )


def _repeats(attempt: Attempt, response: ConnectorResponse) -> bool:
    """Whether the attempt is known to be pending, and the notification brings nothing new."""
    pending = attempt.state is AttemptState.PENDING and response.outcome is Outcome.PENDING
    return (
        pending
        and response.waiting in {None, attempt.waiting}
        and response.details.items() <= attempt.details.items()
    )
