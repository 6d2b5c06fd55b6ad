"""What each page shows of an order: from a visit to HTML.

The doors decide which page it is; here its values are gathered. Source: payment-page.md §1, §5, §6.
"""

from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Order
from altyn.inbound.payment_page import view
from altyn.inbound.payment_page.addresses import Kind, PageName, beside, page_address
from altyn.inbound.payment_page.card_form import cvc_required
from altyn.inbound.payment_page.paying import Paid
from altyn.inbound.payment_page.sandbox_cards import band_cards
from altyn.inbound.payment_page.texts import LANGUAGES
from altyn.inbound.payment_page.view import Result, Trouble, TypedValues
from altyn.inbound.payment_page.visits import Visit
from altyn.operations.ports import Clock

HELD: Final = frozenset({OrderStatus.APPROVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """For whom a page is made: the page that was asked for, its language, where we are."""

    name: PageName
    language: str
    base_url: str
    sandbox: bool

    def frame(self, visit: Visit, back_url: str | None = None) -> dict[str, Any]:
        """What every page of an order shows around itself."""
        params = visit.order.params
        here = self.name
        return {
            "language": self.language,
            "page_view": here.page_view,
            "merchant_login": visit.merchant.login,
            "shop_name": visit.merchant.name,
            "back_url": params.get("backToShopUrl") or back_url,
            "back_name": params.get("backToShopName", "") if "backToShopUrl" in params else "",
            "languages": {code: beside(visit.order.order_id, here, code) for code in LANGUAGES},
            "sandbox": self.sandbox,
        }

    def here(self, visit: Visit) -> str:
        """The page's own address, relative to itself."""
        return beside(visit.order.order_id, self.name, self.name.language)


def payment_page(
    visit: Visit,
    showing: Showing,
    clock: Clock,
    *,
    typed: TypedValues | None = None,
    tried: Paid | None = None,
) -> str:
    """The card form. `tried` is the try without scripts that has just failed."""
    order, now = visit.order, clock.now()
    errors = dict(tried.field_errors) if tried else {}
    told = tried.members.get("error", "") if tried and not errors else ""
    return view.render_payment_page(
        view.PaymentPageView(
            **showing.frame(visit),
            order_number=order.order_number,
            order_id=visit.order_id,
            amount=visit.amount,
            now=now,
            form_action=showing.here(visit),
            remaining_seconds=remaining_seconds(order, clock),
            expires_at=order.expires_at,
            description=order.request.description or "",
            attempts_left=order.attempts_left,
            attempts_max=order.attempts_max,
            cvc_required=cvc_required(visit),
            test_cards=band_cards(visit.merchant, now, showing.language) if showing.sandbox else (),
            field_errors=errors,
            decline_text=told or ("" if errors else visit.decline_text(showing.language)),
            typed=typed or TypedValues(),
        )
    )


def errors_page(visit: Visit, showing: Showing) -> str:
    """Why an order cannot be paid, and what to do about it."""
    order, language = visit.order, showing.language
    trouble = _trouble(visit)
    payment = PageName(showing.name.page_view, Kind.PAYMENT, showing.name.language)
    retry = order.payable and order.attempts_left and not visit.merchant.blocked
    return view.render_errors_page(
        view.ErrorsPageView(
            **showing.frame(visit, visit.shop_address(showing.base_url, language)),
            trouble=trouble,
            order_number=order.order_number,
            amount=visit.amount,
            bank_text="" if trouble is Trouble.EXPIRED else visit.decline_text(language),
            retry_url=beside(order.order_id, payment, payment.language) if retry else None,
        )
    )


def stray_page(language: str, *, sandbox: bool, trouble: Trouble = Trouble.NOT_FOUND) -> str:
    """A page about no order: it was not found, or we could not look."""
    return view.render_errors_page(
        view.ErrorsPageView(language=language, sandbox=sandbox, trouble=trouble)
    )


def finish_page(visit: Visit, showing: Showing) -> str:
    """How it ended, where the shop has no page of its own for that."""
    order = visit.order
    tries = order.payments
    card = tries[-1].card if tries else None
    frame = showing.frame(visit, visit.shop_address(showing.base_url, showing.language))
    # finish.html carries its language as a parameter.
    frame["languages"] = {
        code: f"finish.html?orderId={visit.order_id}&lang={code}" for code in LANGUAGES
    }
    return view.render_finish_page(
        view.FinishPageView(
            **frame,
            result=_result(visit),
            order_number=order.order_number,
            amount=visit.amount,
            moment=order.approved_at,
            card=card.masked_pan if card else "",
            bank_text="" if visit.paid else visit.decline_text(showing.language),
        )
    )


def waiting_page(visit: Visit, showing: Showing) -> str:
    """The bank is being asked."""
    return view.render_waiting_page(
        view.WaitingPageView(
            **showing.frame(visit),
            order_id=visit.order_id,
            refresh_url=showing.here(visit),
            order_number=visit.order.order_number,
            amount=visit.amount,
        )
    )


def step_page(tried: Paid, showing: Showing) -> str | None:
    """The page of a 3-D Secure step for a browser without scripts; None when there is no step."""
    visit, members = tried.visit, tried.members
    # In the middle of a step there is no other language to go to: it would begin anew.
    frame = {**showing.frame(visit), "amount": visit.amount, "languages": {}}
    if "paReq" in members:
        fields = {"PaReq": members["paReq"], "MD": visit.order_id, "TermUrl": members["termUrl"]}
    elif "packedCReq" in members:
        session = view.session_data(visit.order_id)
        fields = {"creq": members["packedCReq"], "threeDSSessionData": session}
    elif "threeDSMethodURL" in members:
        return view.render_three_ds_method(
            view.MethodPageView(
                **frame,
                method_url=members["threeDSMethodURL"],
                method_data=members["threeDSMethodDataPacked"],
                continue_url=showing.here(visit),
                fields={
                    "MDORDER": visit.order_id,
                    "threeDSServerTransId": members["threeDSServerTransId"],
                },
            )
        )
    else:
        return None
    step = view.RedirectPageView(**frame, action=members["acsUrl"], fields=fields)
    return view.render_three_ds_redirect(step)


def remaining_seconds(order: Order, clock: Clock) -> int:
    """Seconds until the session ends, rounded up so that 0 is said of no order that is alive."""
    left = (order.expires_at - clock.now()).total_seconds()
    return max(0, ceil(left)) if order.payable else 0


def place_of(visit: Visit, base_url: str, language: str, page_view: str | None = None) -> str:
    """Where the payer of an order belongs now: back at the shop, or on the payment page.

    The payment page tells of a decline while tries are left, and waits for a bank that is asked.
    """
    if visit.over:
        return visit.way_back(base_url, language)
    shown = page_view or visit.order.request.page_view or "DESKTOP"
    name = PageName(shown, Kind.PAYMENT, language)
    return page_address(base_url, visit.merchant.login, visit.order.order_id, name)


def _trouble(visit: Visit) -> Trouble:
    if visit.expired:
        return Trouble.EXPIRED
    if visit.merchant.blocked:
        return Trouble.UNAVAILABLE
    return Trouble.DECLINED if visit.order.attempts_left else Trouble.ATTEMPTS


def _result(visit: Visit) -> Result:
    if not visit.paid:
        return Result.FAILED
    return Result.HELD if visit.order.status in HELD else Result.PAID
