"""A gateway, with the phone of a SberPay payer, that kills itself at one moment of a payment.

`POST /confirm?key=KEY` is the payer's confirmation.
"""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from enum import StrEnum
from multiprocessing.connection import Connection

import asyncpg
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.main import connectors, create_app
from altyn.main.extensions import Extensions
from altyn.operations.paying.notification import settle_notification
from altyn.operations.ports import World
from altyn.outbound.sberpay.connector import connector_response
from altyn.protocol.acquiring import AcquirerOperation, AcquirerRequest, AcquirerResponse
from altyn.protocol.bank_invoices import InvoiceOperation, InvoiceRequest, InvoiceResponse
from altyn.simulators.bank_app.bank_app import BankApp
from altyn.simulators.issuer import IssuerSimulator
from altyn.simulators.phones.phones import Phones
from tests.launcher import listening_socket, run_server
from tests.ways.connector import over_http
from tests.ways.registration import registered_wallet
from tests.ways.sberpay import BANK, CONFIRM, WAY


class Moment(StrEnum):
    """When the process dies."""

    NEVER = "never"
    INVOICE_SENT = "invoice_sent"  # the bank has the invoice, the gateway has no answer
    CONFIRMATION_STORED = "confirmation_stored"  # the bank has not asked for the money
    MONEY_MOVED = "money_moved"  # the bank has not stored the result
    ANSWERED = "answered"  # the phone has its answer, the gateway is not notified


class Death:
    """The death of this process, by SIGKILL, at its moment."""

    moment = Moment.NEVER

    @classmethod
    def at(cls, moment: Moment) -> None:
        """Die now if this is the moment."""
        if moment is cls.moment:
            os.kill(os.getpid(), signal.SIGKILL)


def phone_routes(world: World) -> tuple[BaseRoute, ...]:
    """The payer's phone: it confirms, and the gateway is notified."""

    async def confirm(request: Request) -> Response:
        key = request.query_params["key"]
        async with asyncpg.create_pool(os.environ["ALTYN_DATABASE_URL"], min_size=1) as pool:
            now = world.clock.now
            issuer, phones = DyingIssuer(pool, now), Phones(pool, now)
            bank = BankApp(pool, now, issuer=issuer, phones=phones)
            response = await bank.answer(key, CONFIRM)
        assert response is not None
        Death.at(Moment.ANSWERED)
        result = connector_response(response, None)
        await settle_notification(WAY, key, result, actor=BANK, world=world)
        return Response()

    return (Route("/confirm", confirm, methods=["POST"]),)


class DyingIssuer(IssuerSimulator):
    """The issuer, which may die before or after it moves money."""

    async def handle(self, request: AcquirerRequest) -> AcquirerResponse:
        """Carry out a request."""
        if request.operation is not AcquirerOperation.AUTHORISE:
            return await super().handle(request)
        Death.at(Moment.CONFIRMATION_STORED)
        response = await super().handle(request)
        Death.at(Moment.MONEY_MOVED)
        return response


class DyingBank(BankApp):
    """The bank of the app, which may die when it has an invoice."""

    async def handle(self, request: InvoiceRequest) -> InvoiceResponse:
        """Carry out a request."""
        response = await super().handle(request)
        if request.operation is InvoiceOperation.SEND:
            Death.at(Moment.INVOICE_SENT)
        return response


def serve_until_death(pipe: Connection, moment: str) -> None:
    """Serve on a free port, which is sent at the start, until the process is killed."""
    Death.moment = Moment(moment)
    vars(connectors).update(IssuerSimulator=DyingIssuer, BankApp=DyingBank)
    listener = listening_socket()
    pipe.send(("port", listener.getsockname()[1]))
    no_wallet = registered_wallet(over_http("http://127.0.0.1:1"))
    phone = replace(no_wallet, routes=phone_routes)
    run_server(create_app(Extensions(payment_ways=(phone,))), listener)
