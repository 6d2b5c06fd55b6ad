"""Register: create the order of a shop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from altyn.domain.cart.document import Cart
from altyn.domain.cart.receipt_params import NAME as RECEIPT_PARAMS
from altyn.domain.cart.receipt_params import ReceiptParams
from altyn.domain.credit import CREDIT, application_text
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.notes import Notes
from altyn.domain.order import Order, OrderRequest
from altyn.domain.order_id import new_order_id, new_order_number
from altyn.domain.phone import number_of
from altyn.domain.prepayment import PREPAYMENT
from altyn.domain.refusals import Refusal
from altyn.operations.app_request import AppRequest, refuse_app, refuse_incomplete_app
from altyn.operations.bindings.storing import refuse_storing
from altyn.operations.bindings.terms import refuse_instalments
from altyn.operations.cart_rules import refuse_cart, refuse_payer, rules_of
from altyn.operations.credit.registration import (
    CreditWanted,
    new_application,
    refuse_credit,
    refuse_credit_cart,
    refuse_without_bank,
)
from altyn.operations.decisions import Refused
from altyn.operations.history import notes_detail
from altyn.operations.payer_mails import refusal_of_payer_email
from altyn.operations.paying.allowed import ALLOWED_WAYS
from altyn.operations.paying.sberpay import hides_sberpay
from altyn.operations.ports import Actor, World
from altyn.operations.prepayment import link_final_payment, refuse_prepayment
from altyn.operations.register_ways import refuse_ways

SESSION_SECONDS_MAX: Final = 366 * 24 * 3600
GENERATED_NUMBER_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A shop's order, every parameter parsed. Amount: minor units; dates: aware UTC.

    `on_credit`: the payer applies for a credit first. `attempts_max` bounds the attempts to pay;
    the setting of the merchant where it is None. `may_verify`: the feature VERIFY was allowed
    before, by another permission than its own. `paid_by` is the way in which the same call pays.
    """

    amount_minor: int
    return_url: str
    two_phase: bool = False
    order_number: str | None = None
    currency: str | None = None
    fail_url: str | None = None
    dynamic_callback_url: str | None = None
    description: str | None = None
    language: str | None = None
    page_view: str | None = None
    client_id: str | None = None
    merchant_login: str | None = None
    json_params: Mapping[str, str] = field(default_factory=dict)
    session_timeout_seconds: int | None = None
    expiration_date: datetime | None = None
    binding_id: str | None = None
    features: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None
    post_address: str | None = None
    billing_payer_data: Mapping[str, str] | None = None
    shipping_payer_data: Mapping[str, str] | None = None
    preorder_payer_data: Mapping[str, str] | None = None
    order_payer_data: Mapping[str, str] | None = None
    recurring_frequency: int | None = None
    recurring_expiry: str | None = None
    app2app: bool | None = None
    back2app: bool | None = None
    os_type: str | None = None
    deep_link: str | None = None
    web2app: bool | None = None
    back_url: str | None = None
    auto_completion_date: datetime | None = None
    auto_reverse_date: datetime | None = None
    fee_input: int | None = None
    mcc: str | None = None
    ip: str | None = None
    order_bundle: Cart | None = None
    tax_system: int | None = None
    receipt_params: ReceiptParams = field(default_factory=ReceiptParams)
    prepayment_id: UUID | None = None
    on_credit: bool = False
    may_verify: bool = False
    allowed_ways: tuple[str, ...] = ()
    attempts_max: int | None = None
    paid_by: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)


def decide_registration(command: Register, merchant: Merchant, now: datetime) -> Order | Refused:
    """The new order, or why there is none. Formats were checked by the parameter table.

    Refuses: what `refuse_app` refuses, JSON_PARAMS_INVALID (recurring pair, instalments),
    PARAMETER_INVALID (billing data, e-mail, dates), then what
    `refuse_cart` and, of a purchase on credit, `refuse_credit_cart` refuse, then FEATURES_CONFLICT,
    VERIFY_FORBIDDEN, AUTO_PAYMENT_FORBIDDEN, FEATURES_INVALID (BNPL without its permission, or with
    VERIFY or AUTO_PAYMENT; a card that is to be stored without a client), then what
    `refuse_incomplete_app` and `refuse_credit` refuse. The order number is checked by the store:
    ORDER_NUMBER_TAKEN.
    Source: rest-orders.md §2.1, §2.3, §2.4; fiscal.md §7; sberpay.md §3; bnpl.md §8.
    """
    app = app_request(command, merchant)
    refused = (
        refuse_app(app, merchant)
        or _check_recurring(command)
        or refuse_instalments(command, merchant)
        or _check_billing(command, merchant)
        or _check_email(command, merchant)
        or _check_dates(command, merchant, now)
        or _check_cart(command, merchant)
        or _check_credit_cart(command, merchant)
        or _check_features(command, merchant)
        or refuse_incomplete_app(app)
        or _check_credit(command, merchant)
    )
    if refused:
        return refused
    settings = merchant.settings
    return Order(
        merchant_id=merchant.merchant_id,
        order_id=new_order_id(now, merchant.merchant_id),
        order_number=command.order_number or new_order_number(now),
        version=1,
        status=OrderStatus.CREATED,
        currency=command.currency or settings.default_currency,
        amount_minor=command.amount_minor,
        two_phase=command.two_phase,
        attempts_max=command.attempts_max or settings.payment_attempts,
        created_at=now,
        expires_at=_session_end(command, merchant, now),
        hold_days=settings.hold_days,
        auto_completion_at=command.auto_completion_date,
        auto_reverse_at=command.auto_reverse_date,
        payer_ip=command.ip,
        request=_request(command, merchant),
        params={**command.more, **app.params, **command.json_params, **app.back},
    )


def app_request(command: Register, merchant: Merchant) -> AppRequest:
    """What the command says about a payment in the bank's app."""
    return AppRequest(
        amount_minor=command.amount_minor,
        currency=command.currency or merchant.settings.default_currency,
        app2app=command.app2app,
        back2app=command.back2app,
        os_type=command.os_type,
        deep_link=command.deep_link,
        web2app=command.web2app,
        back_url=command.back_url,
        phone=command.phone,
        json_phone=command.json_params.get("phone"),
        binding_id=command.binding_id,
        features=command.features,
        allowed_ways=command.allowed_ways,
        hidden=hides_sberpay(command.json_params),
    )


async def register(
    command: Register, merchant: Merchant, *, world: World, actor: Actor, notes: Notes = ()
) -> Order | Refused:
    """Register an order; its number is unique per merchant, also after a failed payment.

    The history keeps the notes of the request.

    Refuses: PARAMETER_INVALID (the prepayment), then as `decide_registration`, as `refuse_ways`,
    CREDIT_UNAVAILABLE (`refuse_without_bank`), ORDER_NUMBER_TAKEN. Source: rest-orders.md §2.
    """
    if refused := await refuse_prepayment(command.prepayment_id, merchant, world):
        return refused
    detail = notes_detail(notes)
    app = app_request(command, merchant)
    for _ in range(GENERATED_NUMBER_ATTEMPTS):
        order = decide_registration(command, merchant, world.clock.now())
        if isinstance(order, Refused):
            return order
        if refused := await refuse_ways(command, app, order, merchant, world):
            return refused
        if refused := refuse_without_bank(on_credit=command.on_credit, world=world):
            return refused
        if await world.orders.register(order, actor, detail):
            await link_final_payment(order, world=world, actor=actor)
            return order
        if command.order_number is not None:
            return Refused(
                Refusal.ORDER_NUMBER_TAKEN,
                f"order number {command.order_number} is taken",
                parameter="order_number",
            )
    return Refused(Refusal.SYSTEM_ERROR, "no free order number was found")


def _check_recurring(command: Register) -> Refused | None:
    if (command.recurring_frequency is None) != (command.recurring_expiry is None):
        return Refused(
            Refusal.JSON_PARAMS_INVALID,
            "recurringFrequency and recurringExpiry go together: both or neither",
            parameter="recurring_frequency",
        )
    return None


def _check_billing(command: Register, merchant: Merchant) -> Refused | None:
    if not merchant.may(Permission.AVS_REQUIRED):
        return None
    billing = command.billing_payer_data or {}
    for name in ("billingAddressLine1", "billingPostalCode"):
        if not billing.get(name):
            return Refused(
                Refusal.PARAMETER_INVALID,
                f"the merchant checks addresses (AVS): {name} is mandatory",
                parameter="billing_payer_data",
            )
    return None


def _check_email(command: Register, merchant: Merchant) -> Refused | None:
    refusal = refusal_of_payer_email(
        merchant,
        command.features,
        command.order_bundle,
        command.email or command.json_params.get("email"),
    )
    if refusal is None:
        return None
    return Refused(Refusal.PARAMETER_INVALID, refusal, parameter="email")


def _check_dates(command: Register, merchant: Merchant, now: datetime) -> Refused | None:
    dated = (
        ("auto_completion_date", command.auto_completion_date, Permission.AUTO_COMPLETION),
        ("auto_reverse_date", command.auto_reverse_date, Permission.AUTO_REVERSE),
    )
    for name, date, permission in dated:
        if date is None:
            continue
        if not command.two_phase or not merchant.may(permission) or date <= now:
            return Refused(
                Refusal.PARAMETER_INVALID,
                f"only for a two-stage order, in the future, with permission {permission}",
                parameter=name,
            )
    return None


def _check_features(command: Register, merchant: Merchant) -> Refused | None:
    features = set(command.features)
    if "AUTO_PAYMENT" in features and features & {"FORCE_TDS", "FORCE_SSL", "FORCE_FULL_TDS"}:
        return Refused(Refusal.FEATURES_CONFLICT, "AUTO_PAYMENT goes without 3-D Secure features")
    may_verify = command.may_verify or merchant.may(Permission.VERIFY)
    if "VERIFY" in features and not may_verify:
        return Refused(Refusal.VERIFY_FORBIDDEN, "permission verify is off")
    if "AUTO_PAYMENT" in features and not merchant.may(Permission.AUTO_PAYMENT):
        return Refused(Refusal.AUTO_PAYMENT_FORBIDDEN, "permission auto_payment is off")
    if "BNPL" in features and not merchant.may(Permission.BNPL):
        return Refused(Refusal.FEATURES_INVALID, "permission bnpl is off", parameter="features")
    if "BNPL" in features and features & {"VERIFY", "AUTO_PAYMENT"}:
        rule = "BNPL goes without VERIFY and AUTO_PAYMENT: a plan needs its payer, and money"
        return Refused(Refusal.FEATURES_INVALID, rule, parameter="features")
    return refuse_storing(command, features)


def _check_cart(command: Register, merchant: Merchant) -> Refused | None:
    currency = command.currency or merchant.settings.default_currency
    rules = rules_of(merchant, currency=currency, receipt=command.receipt_params.known)
    if command.order_bundle is None:
        return refuse_payer(rules)
    return refuse_cart(command.order_bundle, rules, amount_minor=command.amount_minor)


def _check_credit_cart(command: Register, merchant: Merchant) -> Refused | None:
    return refuse_credit_cart(_credit_of(command, merchant)) if command.on_credit else None


def _check_credit(command: Register, merchant: Merchant) -> Refused | None:
    return refuse_credit(_credit_of(command, merchant), merchant) if command.on_credit else None


def _credit_of(command: Register, merchant: Merchant) -> CreditWanted:
    return CreditWanted(
        cart=command.order_bundle,
        currency=command.currency or merchant.settings.default_currency,
        in_app=app_request(command, merchant).asked,
        features=command.features,
        allowed_ways=command.allowed_ways,
        json_params=command.json_params,
    )


def _session_end(command: Register, merchant: Merchant, now: datetime) -> datetime:
    """expirationDate beats sessionTimeoutSecs, which beats the merchant's setting.

    A date in the past is accepted; such an order expires at its first look-up.
    """
    if merchant.may(Permission.CUSTOM_SESSION):
        if command.expiration_date is not None:
            return min(command.expiration_date, now + timedelta(seconds=SESSION_SECONDS_MAX))
        if command.session_timeout_seconds is not None:
            seconds = min(command.session_timeout_seconds, SESSION_SECONDS_MAX)
            return now + timedelta(seconds=seconds)
    return now + timedelta(seconds=merchant.settings.session_timeout_seconds)


def _request(command: Register, merchant: Merchant) -> OrderRequest:
    payer_data = {
        "billingPayerData": command.billing_payer_data,
        "shippingPayerData": command.shipping_payer_data,
        "preOrderPayerData": command.preorder_payer_data,
        "orderPayerData": command.order_payer_data,
    }
    json_params = command.json_params
    return OrderRequest(
        description=command.description,
        return_url=command.return_url,
        fail_url=command.fail_url,
        dynamic_callback_url=command.dynamic_callback_url,
        language=command.language or merchant.settings.default_language,
        page_view=command.page_view,
        client_id=command.client_id,
        binding_id=command.binding_id,
        features=command.features,
        email=command.email or json_params.get("email"),
        phone=command.phone or number_of(json_params.get("phone", "")),
        post_address=command.post_address,
        recurring_frequency=command.recurring_frequency,
        recurring_expiry=command.recurring_expiry,
        fee_input=command.fee_input,
        mcc=command.mcc,
        terminal=merchant.settings.terminal,
        order_bundle=command.order_bundle,
        tax_system=command.tax_system,
        payer_data={name: data for name, data in payer_data.items() if data},
        more={**command.more, **_more(command, merchant)},
    )


def _more(command: Register, merchant: Merchant) -> Mapping[str, str]:
    """The texts that the order keeps by the names of the wire."""
    more = {}
    if command.receipt_params.known:
        more[RECEIPT_PARAMS] = msgspec.json.encode(command.receipt_params.known).decode()
    if command.on_credit:
        more[CREDIT] = application_text(new_application(_credit_of(command, merchant)))
    if command.allowed_ways:
        more[ALLOWED_WAYS] = ",".join(command.allowed_ways)
    if command.prepayment_id is not None:
        more[PREPAYMENT] = str(command.prepayment_id)
    return more
