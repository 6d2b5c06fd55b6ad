"""What a registration says about a payment in the bank's app (SberPay): its rules.

Source: sberpay.md §1, §3, §10; 004 (app2app and back2app).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.money import RUB
from altyn.domain.notes import Note, Notes
from altyn.domain.phone import phone_after_prefix
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.allowed import shop_allows_way
from altyn.operations.paying.bnpl.offer import shop_takes_only_parts
from altyn.operations.paying.sberpay import BACK_URL, WEB2APP, SberPayDetails
from altyn.protocol.payment_ways import PaymentWay

WAY: Final = PaymentWay.SBRF_SBOL.value
OTHER_FEATURES: Final = ("VERIFY", "AUTO_PAYMENT", "BNPL")
"""Features of an order that only a card, or only payment in parts, can pay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRequest:
    """What a registration says about a payment in the bank's app, and what the rules need.

    `phone` was sent as a parameter and `json_phone` inside jsonParams; the first wins. `amount` is
    in minor units. `web2app` and `back_url` are about SberPay from the payment page, where the shop
    may have `hidden` it. None: not sent.
    """

    amount_minor: int
    currency: str
    app2app: bool | None = None
    back2app: bool | None = None
    os_type: str | None = None
    deep_link: str | None = None
    web2app: bool | None = None
    back_url: str | None = None
    phone: str | None = None
    json_phone: str | None = None
    binding_id: str | None = None
    features: tuple[str, ...] = ()
    allowed_ways: tuple[str, ...] = ()
    hidden: bool = False

    @property
    def asked(self) -> bool:
        """Whether the registration asks for a payment in the bank's app."""
        return bool(self.app2app or self.back2app)

    @property
    def checks_card(self) -> bool:
        """Whether the order checks a card, so that its sum means nothing."""
        return "VERIFY" in self.features

    @property
    def details(self) -> SberPayDetails:
        """How the payer gets the invoice: by a push message, or by the link of the answer."""
        if self.back2app:
            return SberPayDetails(phone=self.push_phone or "")
        return SberPayDetails(from_app=True, return_url=self.deep_link or "")

    @property
    def push_phone(self) -> str | None:
        """The eleven digits of the phone that gets the push; None for text of another form."""
        return phone_after_prefix(self.phone or self.json_phone or "")

    @property
    def params(self) -> Mapping[str, str]:
        """The parameters that were sent, as attributes of the order."""
        sent = {
            "app2app": _flag(self.app2app),
            "back2app": _flag(self.back2app),
            "app.osType": self.os_type,
            "app.deepLink": self.deep_link,
            WEB2APP: _flag(self.web2app),
            BACK_URL: self.back_url,
        }
        return {name: text for name, text in sent.items() if text is not None}

    @property
    def back(self) -> Mapping[str, str]:
        """The address that counts: a parameter wins over jsonParams."""
        return {} if self.back_url is None else {BACK_URL: self.back_url}


def notes_of_app(request: AppRequest, merchant: Merchant) -> Notes:
    """The parameters about the bank's app that were sent and have no effect, or none for now."""
    return tuple(_idle(request, merchant))


def refuse_app(request: AppRequest, merchant: Merchant) -> Refused | None:
    """Why the order cannot be paid in the bank's app; None when it can, or need not be.

    Refuses: ACCESS_DENIED (a permission or a setting is against it), AMOUNT_INVALID,
    PARAMETER_INVALID (stored card, phone, currency), JSON_PARAMS_INVALID (both ways at once,
    osType, deepLink, phone inside jsonParams). Source: sberpay.md §3.
    """
    if not request.asked:
        return None
    return (
        _refuse_permission(request, merchant)
        or _refuse_sum(request, merchant)
        or _refuse_parameters(request)
        or _refuse_json_params(request)
    )


def refuse_incomplete_app(request: AppRequest) -> Refused | None:
    """Why the order does not fit the bank's app, when the rest of the registration is right.

    Refuses: FEATURES_INVALID (features of other ways to pay), PARAMETER_EMPTY (back2app needs the
    phone that gets the push). Source: sberpay.md §3.
    """
    foreign = [each for each in request.features if each in OTHER_FEATURES]
    if request.asked and foreign:
        rule = f"{', '.join(foreign)} is for other ways to pay: leave out either it or the app"
        return Refused(Refusal.FEATURES_INVALID, rule, parameter="features")
    if request.back2app and not (request.phone or request.json_phone):
        rule = "mandatory with back2app: the phone that gets the push message"
        return Refused(Refusal.PARAMETER_EMPTY, rule, parameter="phone")
    return None


def _idle(request: AppRequest, merchant: Merchant) -> Iterator[Note]:
    text = "ignored without app2app"
    if request.os_type is not None and not request.app2app:
        yield Note("os_type", text)
    if request.deep_link is not None and not request.app2app:
        yield Note("deep_link", text)
    if not merchant.may(Permission.SBERPAY):
        return  # the table says so
    if request.web2app and (reason := _web2app_without_effect(request, merchant)):
        yield Note("web2app", reason)
    if request.back_url and (reason := _back_url_without_effect(request, merchant)):
        yield Note("back_url", reason)
    paused = merchant.settings.sberpay.inactive and not request.asked
    if paused and request.allowed_ways and set(request.allowed_ways) <= {WAY}:
        yield Note("allowed_ways", "SberPay is under maintenance (setting sberpay.inactive)")


def _web2app_without_effect(request: AppRequest, merchant: Merchant) -> str:
    if request.asked:
        return f"ignored beside {'app2app' if request.app2app else 'back2app'}"
    if request.hidden:
        return "ignored beside sberpayHide and showSbol, which keep SberPay off the page"
    return _never_by_sberpay(request, merchant)


def _back_url_without_effect(request: AppRequest, merchant: Merchant) -> str:
    if request.app2app:
        return "ignored beside app.deepLink, which is the way back"
    if request.hidden and not request.back2app:
        return "ignored beside sberpayHide and showSbol, which keep SberPay off the page"
    return _never_by_sberpay(request, merchant)


def _never_by_sberpay(request: AppRequest, merchant: Merchant) -> str:
    """Why SberPay can never pay the order from its page; empty where it can."""
    no_sum = _refuse_sum(request, merchant) or request.currency != RUB.code
    closed = shop_takes_only_parts(merchant) or not shop_allows_way(WAY, merchant)
    left_out = bool(request.allowed_ways) and WAY not in request.allowed_ways
    foreign = request.checks_card or "BNPL" in request.features or request.binding_id is not None
    if no_sum or closed or left_out or foreign:
        return "ignored: SberPay cannot pay this order"
    return ""


def _refuse_permission(request: AppRequest, merchant: Merchant) -> Refused | None:
    needed = [Permission.SBERPAY]
    needed += [Permission.BACK2APP] if request.back2app else []
    needed += [Permission.APP2APP] if request.app2app else []
    closed = [each for each in needed if not merchant.may(each)]
    if closed:
        return Refused(Refusal.ACCESS_DENIED, f"permission {', '.join(closed)} is off")
    if shop_takes_only_parts(merchant):
        rule = "setting bnpl.only is on: the shop takes payments in parts and no SberPay"
        return Refused(Refusal.ACCESS_DENIED, rule)
    if not shop_allows_way(WAY, merchant):
        rule = f"setting allowed_payment_ways leaves out {WAY}, by which the bank's app pays"
        return Refused(Refusal.ACCESS_DENIED, rule)
    return None


def _refuse_sum(request: AppRequest, merchant: Merchant) -> Refused | None:
    settings = merchant.settings.sberpay
    if request.checks_card or settings.covers(request.amount_minor):
        return None
    rule = f"SberPay takes {settings.amount_min_minor} to {settings.amount_max_minor} minor units"
    return Refused(Refusal.AMOUNT_INVALID, rule, parameter="amount_minor")


def _refuse_parameters(request: AppRequest) -> Refused | None:
    if request.binding_id is not None:
        return _invalid("binding_id", "a stored card is asked for: it cannot pay in the bank's app")
    if request.back2app and request.phone and request.push_phone is None:
        return _invalid("phone", _PHONE_FORM)
    if request.currency != RUB.code:
        return _invalid("currency", f"SberPay takes roubles ({RUB.code}) only")
    return None


def _invalid(parameter: str, rule: str) -> Refused:
    return Refused(Refusal.PARAMETER_INVALID, rule, parameter=parameter)


def _refuse_json_params(request: AppRequest) -> Refused | None:
    if request.app2app and request.back2app:
        return _json_invalid("app2app", "app2app and back2app exclude each other: send one")
    if request.app2app and request.os_type is None:
        return _json_invalid("os_type", "mandatory with app2app: ios or android")
    if request.app2app and request.deep_link is None:
        return _json_invalid("deep_link", "mandatory with app2app: the link back into your app")
    if request.back2app and request.json_phone and request.push_phone is None:
        return _json_invalid("json_params", f"phone: {_PHONE_FORM}")
    return None


def _json_invalid(parameter: str, rule: str) -> Refused:
    return Refused(Refusal.JSON_PARAMS_INVALID, rule, parameter=parameter)


def _flag(value: bool | None) -> str | None:  # noqa: FBT001 - as it was sent
    return None if value is None else str(value).lower()


_PHONE_FORM: Final = "not ten digits, with or without +7, 7 or 8 before them, such as 79998887766"
