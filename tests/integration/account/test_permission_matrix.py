"""Each role at a page of each action: what the table does not give is refused by the server."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response

from altyn.domain.account.roles import AccountRole, Action, Rights
from altyn.inbound.personal_account.access import COOKIE, AccountAccess, AccountRequest
from altyn.operations.ports import Overloaded, ResultUnknown
from tests.asgi_client import Answer, AsgiClient
from tests.integration.account.access import Access


async def work(asked: AccountRequest) -> Response:
    return PlainTextResponse(asked.current.user.login)


def site(access: Access) -> AsgiClient:
    """A page for each action, and one for every user."""
    account = AccountAccess(context=access.context, secure=False, sandbox=False)
    routes = [account.page("GET", f"/{action}", work, needs=action) for action in Action]
    routes.append(account.page("GET", "/every", work, needs=None))
    return AsgiClient(Starlette(routes=routes))


async def visit(access: Access, login: str, page: str) -> Answer:
    opened = await access.log_in(login)
    headers = {"cookie": f"{COOKIE}={opened.token}", "accept-language": "en"}
    return await site(access).get(f"/{page}", headers=headers)


@pytest.mark.parametrize("role", AccountRole)
async def test_role_reaches_the_pages_of_its_rights_only(access: Access, role: AccountRole) -> None:
    await access.add("shop-user", role)
    opened = await access.log_in("shop-user")
    client, headers = site(access), {"cookie": f"{COOKIE}={opened.token}", "accept-language": "en"}
    for action in Action:
        answer = await client.get(f"/{action}", headers=headers)
        if Rights(role).allow(action):
            assert (answer.status, answer.text) == (200, "shop-user")
        else:
            assert answer.status == 403
            assert "You do not have the right" in answer.text
            assert "An owner of the shop can switch it on" in answer.text


async def test_user_without_a_session_reaches_no_page(access: Access) -> None:
    for page in (*Action, "every"):
        answer = await site(access).get(f"/{page}")
        assert answer.status == 303
        assert answer.location == f"/mportal3/login?next=%2F{page}"


@pytest.mark.parametrize("action", [*Action, "every"])
async def test_one_time_password_reaches_no_page(access: Access, action: str) -> None:
    await access.add("shop-new", AccountRole.OWNER, one_time=True)
    answer = await visit(access, "shop-new", action)
    assert (answer.status, answer.location) == (303, "/mportal3/password")


async def test_session_that_waits_for_a_code_reaches_no_page(access: Access) -> None:
    await access.pool.execute("UPDATE account_users SET code_secret = 'encrypted'")
    for page in (Action.ORDERS, "every"):
        answer = await visit(access, "shop-owner", page)
        assert (answer.status, answer.location) == (303, "/mportal3/code")


async def test_busy_gateway_asks_to_come_back(access: Access) -> None:
    async def busy(_: AccountRequest) -> Response:
        raise Overloaded("the database cannot be used at the moment")

    account = AccountAccess(context=access.context, secure=False, sandbox=False)
    page = account.page("GET", "/busy", busy, needs=None)
    opened = await access.log_in("shop-owner")
    headers = {"cookie": f"{COOKIE}={opened.token}", "accept-language": "en"}
    answer = await AsgiClient(Starlette(routes=[page])).get("/busy", headers=headers)
    assert (answer.status, answer.headers["retry-after"]) == (429, "2")
    assert "Repeat in a few seconds" in answer.text


async def test_change_that_may_be_saved_or_not_asks_to_look_first(access: Access) -> None:
    async def lost(_: AccountRequest) -> Response:
        raise ResultUnknown("the database connection failed")

    account = AccountAccess(context=access.context, secure=False, sandbox=False)
    page = account.page("GET", "/lost", lost, needs=None)
    opened = await access.log_in("shop-owner")
    headers = {"cookie": f"{COOKIE}={opened.token}", "accept-language": "en"}
    answer = await AsgiClient(Starlette(routes=[page])).get("/lost", headers=headers)
    assert (answer.status, "retry-after" in answer.headers) == (503, False)
    assert "before you repeat it" in answer.text


async def test_part_of_a_page_asks_the_script_to_log_in(access: Access) -> None:
    answer = await site(access).get("/orders", headers={"hx-request": "true"})
    assert answer.status == 401
    assert answer.headers["hx-redirect"] == "/mportal3/login"
