"""How a payer is sent to the ACS, and where the payer returns from it, in which language."""

from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.language import text_language
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.operations.paying.card.attempts import confirmed_minor
from altyn.operations.paying.card.plan import SendToAcs
from altyn.operations.paying.card.steps import AfterMethod, GoToAcs, PayByCard
from altyn.protocol.threeds_version1 import PaReq, build_pareq


def to_version_1(
    order: Order, plan: SendToAcs, command: PayByCard, proof: ThreeDSData, merchant: Merchant
) -> GoToAcs:
    """3-D Secure 1: send the browser with a PaReq to the ACS."""
    term_url = command.term_url or return_from_acs("finish3ds.do", order, command, merchant)
    pa_req = PaReq(
        message_id=order.order_id.hex,
        account=plan.enrolment.account,
        merchant=merchant.name_in(page_language(order, command, merchant)),
        amount_minor=confirmed_minor(order, command.details),
        currency=order.currency,
        xid=proof.xid or "",
        term_url=term_url,
    )
    return GoToAcs(order, plan.enrolment.acs_url, build_pareq(pa_req), term_url)


def return_from_acs(
    method: str, order: Order, command: PayByCard | AfterMethod, merchant: Merchant
) -> str:
    """Where the ACS sends the payer back, in the language of the payer's page."""
    language = page_language(order, command, merchant)
    return f"{command.base_url}/payment/rest/{method}?lang={language}"


def page_language(order: Order, command: PayByCard | AfterMethod, merchant: Merchant) -> str:
    """The language of the payer's page."""
    default = merchant.settings.default_language
    return text_language(command.language, order.request.language, default)
