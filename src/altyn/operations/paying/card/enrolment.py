"""Enrolment: whether a card takes part in 3-D Secure."""

from dataclasses import replace

from altyn.domain.card.values import Pan
from altyn.domain.merchant import Merchant
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.steps import CardEnrolment
from altyn.operations.ports import World
from altyn.protocol.threeds import EnrolmentRequest


async def check_enrolment(pan: Pan, merchant: Merchant, world: World) -> CardEnrolment | Refused:
    """Ask the directory server about a card, in the version that the merchant prefers.

    Refuses: a card that this gateway does not take. Source: rest-orders.md §4.4.
    """
    if refused := world.card.checks.refusal_of(pan):
        return replace(refused, parameter="pan")
    version = merchant.settings.tds_version
    enrolment = await world.card.threeds.enrolment(EnrolmentRequest(pan=pan, version=version))
    return CardEnrolment(enrolment.ve_res, pan.masked)
