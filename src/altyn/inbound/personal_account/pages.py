"""The pages of the personal account: their addresses, their menu, their frame."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.account.roles import Action
from altyn.domain.account.sessions import form_token
from altyn.domain.account.user import AccountUser
from altyn.inbound.personal_account.texts import (
    account_text,
    audit_action_text,
    audit_detail_text,
    reason_text,
)
from altyn.inbound.web.frame import MenuItem, WebFrame, WebPages
from altyn.inbound.web.language import language_of
from altyn.inbound.web.responses import page
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.account.session import CurrentUser

BASE: Final = "/mportal3"
LOGIN_PATH: Final = f"{BASE}/login"
CODE_PATH: Final = f"{BASE}/code"
LOGOUT_PATH: Final = f"{BASE}/logout"
PASSWORD_PATH: Final = f"{BASE}/password"
PROFILE_PATH: Final = f"{BASE}/profile"
CODES_PATH: Final = f"{BASE}/one-time-codes"
PASSKEYS_PATH: Final = f"{BASE}/passkeys"
PASSKEY_LOGIN_PATH: Final = f"{LOGIN_PATH}/passkey"
USERS_PATH: Final = f"{BASE}/users"
ORDERS_PATH: Final = f"{BASE}/orders"
API_PATH: Final = f"{BASE}/api"
REPORTS_PATH: Final = f"{BASE}/reports"
AUDIT_PATH: Final = f"{BASE}/audit"
CALLBACKS_PATH: Final = f"{BASE}/callbacks"
SETTINGS_PATH: Final = f"{BASE}/settings"
PAGE_SETS_PATH: Final = f"{SETTINGS_PATH}/page/sets"
INVOICES_PATH: Final = f"{BASE}/invoices"
LINKS_PATH: Final = f"{BASE}/payment-links"
GUEST: Final = "account-guest"
FORBIDDEN: Final = 403
NOT_FOUND: Final = 404
TOO_LARGE: Final = 413
TOO_MANY: Final = 429
UNAVAILABLE: Final = 503


@dataclass(frozen=True, slots=True)
class MenuRow:
    """A page in the menu of the users who have a right; None: of every user.

    Users with the right `unless` have another row for the page.
    """

    name: str
    path: str
    icon: str
    needs: Action | None
    unless: Action | None = None

    def is_for(self, user: AccountUser) -> bool:
        """Whether the menu of a user has the row."""
        hidden = self.unless is not None and user.may(self.unless)
        return not hidden and (self.needs is None or user.may(self.needs))

    def item(self, language: str) -> MenuItem:
        """The row in a language."""
        label = account_text(f"menu_{self.name}", language=language)
        return MenuItem(self.name, self.path, self.icon, label)


MENU: Final = (
    MenuRow("main", BASE, "chart", Action.ORDERS),
    MenuRow("orders", ORDERS_PATH, "orders", Action.ORDERS),
    MenuRow("invoices", INVOICES_PATH, "envelope", Action.INVOICES),
    MenuRow("links", LINKS_PATH, "link", Action.INVOICES),
    MenuRow("reports", REPORTS_PATH, "download", Action.REPORTS),
    MenuRow("exports", REPORTS_PATH, "download", Action.EXPORT, unless=Action.REPORTS),
    MenuRow("callbacks", CALLBACKS_PATH, "bell", Action.CALLBACKS),
    MenuRow("settings", SETTINGS_PATH, "gear", Action.SETTINGS),
    MenuRow("users", USERS_PATH, "users", Action.USERS),
    MenuRow("api", API_PATH, "code", Action.API_CREDENTIALS),
    MenuRow("audit", AUDIT_PATH, "book", Action.AUDIT),
    MenuRow("profile", PROFILE_PATH, "user", None),
)

_FILTERS: Final = {"audit_action": audit_action_text, "audit_detail": audit_detail_text}
render: Final = WebPages(Path(__file__).parent / "templates", account_text, _FILTERS).renderer()


def files_area(user: AccountUser) -> str:
    """The menu's row for the page of reports and exports: of a user without reports, exports."""
    return "reports" if user.may(Action.REPORTS) else "exports"


def guest_frame(request: Request, *, sandbox: bool) -> WebFrame:
    """The frame of a page before the login."""
    return WebFrame(
        language=_language(request),
        area=GUEST,
        home=BASE,
        path=request.url.path,
        query=request.url.query,
        sandbox=sandbox,
    )


def account_frame(request: Request, current: CurrentUser, here: str, *, sandbox: bool) -> WebFrame:
    """The frame of a page after the login, with the menu of the user's rights."""
    language = _language(request)
    must_change = current.user.must_change_password
    rows = () if must_change else MENU
    return WebFrame(
        language=language,
        area="account",
        home=BASE,
        menu=[row.item(language) for row in rows if row.is_for(current.user)],
        here=here,
        path=request.url.path,
        query=request.url.query,
        reader=current.user.login,
        shop_name=current.merchant.name_in(language),
        log_out=LOGOUT_PATH,
        csrf=form_token(current.token),
        sandbox=sandbox,
    )


def refusal_page(request: Request, error: AccountError, *, sandbox: bool) -> Response:
    """The page of an action that the user may not do: what is wrong, and what to do."""
    frame = guest_frame(request, sandbox=sandbox)
    text = reason_text(error, frame.language)
    status = NOT_FOUND if error.reason is Reason.SHOP_UNKNOWN else FORBIDDEN
    return page(render("refused.html", frame, text=text, base=BASE), status)


def busy_page(request: Request, *, sandbox: bool) -> Response:
    """The page of a gateway that has too much to do, or whose database cannot be reached."""
    frame = guest_frame(request, sandbox=sandbox)
    text = account_text("busy", language=frame.language)
    html = render("refused.html", frame, text=text, base=BASE)
    return page(html, TOO_MANY, {"Retry-After": "2"})


def unknown_page(request: Request, *, sandbox: bool) -> Response:
    """The page of a change that may be saved or not: the database was lost meanwhile."""
    frame = guest_frame(request, sandbox=sandbox)
    text = account_text("result_unknown", language=frame.language)
    return page(render("refused.html", frame, text=text, base=BASE), UNAVAILABLE)


def too_large_page(request: Request, *, sandbox: bool) -> Response:
    """The page of a form, or of a file in one, that is longer than the page takes."""
    frame = guest_frame(request, sandbox=sandbox)
    text = account_text("too_large", language=frame.language)
    return page(render("refused.html", frame, text=text, base=BASE), TOO_LARGE)


def _language(request: Request) -> str:
    return language_of(request.query_params, request.cookies, request.headers)
