"""How a payer is sent to the ACS of 3-D Secure 1."""

from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.operations.paying.card.attempts import confirmed_minor
from altyn.operations.paying.card.payer_page import language_of, return_from_acs
from altyn.operations.paying.card.plan import SendToAcs
from altyn.operations.paying.card.steps import GoToAcs, PayByCard
from altyn.protocol.threeds_version1 import PaReq, build_pareq


def to_version_1(
    order: Order, plan: SendToAcs, command: PayByCard, proof: ThreeDSData, merchant: Merchant
) -> GoToAcs:
    """3-D Secure 1: send the browser with a PaReq to the ACS."""
    term_url = command.term_url or return_from_acs("finish3ds.do", order, command, merchant)
    pa_req = PaReq(
        message_id=order.order_id.hex,
        account=plan.enrolment.account,
        merchant=merchant.name_in(language_of(order, command, merchant)),
        amount_minor=confirmed_minor(order, command.details),
        currency=order.currency,
        xid=proof.xid or "",
        term_url=term_url,
    )
    return GoToAcs(order, plan.enrolment.acs_url, build_pareq(pa_req), term_url)
