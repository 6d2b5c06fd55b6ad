"""The settings pages of the account: each section is saved, and takes effect in the API."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from altyn.protocol.dialects.classic.callbacks.checksum import canonical, symmetric
from altyn.storage.demo import DEMO_CALLBACK_KEY
from tests.asgi_client import Answer, AsgiClient
from tests.integration.account.browser import BASE, OPERATOR, Browser, csrf_of
from tests.integration.account.family import set_permission
from tests.integration.storage.processes import eventually
from tests.receiver import a_receiver
from tests.shop import Shop, open_shop

SETTINGS: Final = f"{BASE}/settings"
GENERAL, CALLBACKS = f"{SETTINGS}/general", f"{SETTINGS}/callbacks"
FISCAL, PAGE, WAYS = f"{SETTINGS}/fiscal", f"{SETTINGS}/page", f"{SETTINGS}/ways"
SESSIONS: Final = f"{SETTINGS}/sessions"
HOSTILE: Final = '"><script>alert(1)</script>'

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def owner(shop: Shop) -> Browser:
    """A browser in which the owner has logged in."""
    browser = Browser(shop.gateway.router)
    await browser.log_in()
    return browser


def form_of(shown: Answer, section: str) -> list[tuple[str, str]]:
    """The fields of a section's form, as a browser would send them unchanged."""
    found = re.search(rf'<form[^>]*action="{section}".*?</form>', shown.text, re.DOTALL)
    assert found is not None, shown.text
    fields: list[tuple[str, str]] = []
    for tag, body in re.findall(
        r"<(?:input|textarea|select)([^>]*)>(.*?)(?=<input|<textarea|<select|</form)",
        found[0],
        re.DOTALL,
    ):
        name = re.search(r'name="([^"]*)"', tag)
        if name is None or " disabled" in tag:
            continue
        value = re.search(r'value="([^"]*)"', tag)
        text = value[1] if value else ""
        if 'type="checkbox"' in tag and " checked" not in tag:
            continue
        if "</textarea>" in body:
            text = body.partition("</textarea>")[0].removeprefix("\n")
        if "</select>" in body:
            chosen = re.search(r'value="([^"]*)" selected', body)
            text = chosen[1] if chosen else ""
        fields.append((name[1], html.unescape(text)))
    return fields


async def save(browser: Browser, section: str, **changes: str | None) -> Answer:
    """Change fields of a section and send the whole form; None leaves a field out."""
    sent = dict(form_of(await browser.get(section), section))
    for name, value in changes.items():
        key = name.replace("__", ".")
        if value is None:
            sent.pop(key, None)
        else:
            sent[key] = value
    return await browser.post(section, **sent)


async def becomes(read: Callable[[], Awaitable[object]], value: object) -> None:
    """Wait until the gateway has loaded a change."""

    async def same() -> bool:
        return bool(await read() == value)

    await eventually(same)


@pytest.mark.parametrize("section", [GENERAL, CALLBACKS, FISCAL, PAGE, WAYS])
async def test_form_that_is_sent_unchanged_changes_nothing(owner: Browser, section: str) -> None:
    answer = await save(owner, section)
    assert answer.location == f"{section}?done=same"


async def test_general_settings_take_effect(owner: Browser, shop: Shop) -> None:
    order = {"orderNumber": "general-1", "amount": 100, "returnUrl": "https://s.example"}
    saved = await save(
        owner,
        GENERAL,
        default_language="EN",
        session_timeout_seconds="600",
        payer_email_notify="yes",
    )
    assert saved.location == f"{GENERAL}?done=saved"
    shown = await owner.get(f"{GENERAL}?done=saved")
    assert 'value="en"' in shown.text
    assert "Saved." in shown.text

    async def message() -> object:
        return (await shop.call("register.do", **order)).get("errorMessage")

    await becomes(message, "[email] is invalid.")
    await save(owner, GENERAL, default_language="ru", payer_email_notify=None)
    await becomes(message, None)


async def test_wrong_values_are_refused_under_their_fields_and_kept(owner: Browser) -> None:
    answer = await save(
        owner,
        GENERAL,
        session_timeout_seconds="soon",
        default_language="english",
        ip_allow_list=HOSTILE,
    )
    assert answer.status == 400
    for name in ("session_timeout_seconds", "default_language", "ip_allow_list"):
        assert f'id="{name}-error"' in answer.text
    assert 'value="soon"' in answer.text
    assert html.escape(HOSTILE).replace("&#x27;", "'") in answer.text.replace("&#34;", "&quot;")
    assert "<script>alert" not in answer.text
    assert "1 to 999999999 seconds" in answer.text
    assert "1200" not in dict(form_of(answer, GENERAL)).values()
    assert (await owner.get(GENERAL)).text.count('value="soon"') == 0


async def test_change_of_another_user_is_noticed(owner: Browser, shop: Shop) -> None:
    old = dict(form_of(await owner.get(FISCAL), FISCAL))
    other = Browser(shop.gateway.router)
    await other.log_in()
    await save(other, FISCAL, fiscal__product_name="Чай")
    late = await owner.post(FISCAL, **{**old, "fiscal.product_name": "Кофе"})
    assert late.status == 409
    assert "Somebody else has changed the settings" in late.text
    assert "Stored now: Чай" in late.text
    assert dict(form_of(late, FISCAL))["fiscal.product_name"] == "Кофе"
    again = await owner.post(FISCAL, **dict(form_of(late, FISCAL)))
    assert again.location == f"{FISCAL}?done=saved"
    assert 'value="Кофе"' in (await owner.get(FISCAL)).text


async def test_callbacks_go_to_the_saved_address(owner: Browser, shop: Shop) -> None:
    async with a_receiver() as receiver:
        saved = await save(
            owner,
            CALLBACKS,
            callbacks__urls=f"{receiver.url('/a')}\n{receiver.url('/b?mine=1')}",
            callbacks__parameters="amount",
            callbacks__headers="Authorization=Bearer s3cret",
        )
        assert saved.location == f"{CALLBACKS}?done=saved", saved.text

        async def addresses() -> object:
            merchant = await shop.gateway.world.merchants.by_login("test")
            return merchant and len(merchant.settings.callbacks.urls)

        await becomes(addresses, 2)
        order = await shop.paid(1000)
        got = await receiver.until(lambda all_: len(all_) >= 2)
        assert {each.path for each in got} == {"/a", "/b"}
        assert all(each.order_id == order for each in got)
        assert got[0].headers["Authorization"] == "Bearer s3cret"
        page = (await owner.get(CALLBACKS)).text
        assert "s3cret" not in page
        assert "Authorization=•••" in page
        kept = await save(owner, CALLBACKS, callbacks__attempts="5")
        assert kept.location == f"{CALLBACKS}?done=saved"
        await test_of_callbacks(owner, receiver.url("/b?mine=1"))
        sent = (await receiver.until(lambda all_: len(all_) >= 3))[-1]
        assert sent.parameters["orderNumber"] == "TEST-CALLBACK"
        assert sent.headers["Authorization"] == "Bearer s3cret"
        signed = {name: value for name, value in sent.parameters.items() if name != "mine"}
        assert sent.parameters["checksum"] == symmetric(DEMO_CALLBACK_KEY, canonical(signed))


async def test_of_callbacks(owner: Browser, address: str) -> None:
    answer = await owner.submit(CALLBACKS, f"{CALLBACKS}/test", address=address)
    assert answer.status == 200
    assert "HTTP 200" in answer.text
    assert "TEST-CALLBACK" in answer.text
    assert "s3cret" not in answer.text


test_of_callbacks.__test__ = False  # type: ignore[attr-defined]  # a part of the test above


async def test_test_goes_to_saved_addresses_only(owner: Browser) -> None:
    answer = await owner.submit(CALLBACKS, f"{CALLBACKS}/test", address="http://127.0.0.1:1/x")
    assert "The settings have no such address" in answer.text


async def test_example_shows_the_checksum_step_by_step(owner: Browser) -> None:
    await save(
        owner,
        CALLBACKS,
        callbacks__urls="https://shop.example/cb?mine=1",
        callbacks__parameters="amount",
    )
    page = html.unescape((await owner.get(CALLBACKS)).text)
    joined = re.search(r"amount;10000;mdOrder;[^;]+;operation;deposited;[^<]+", page)
    assert joined is not None
    assert f"<code>{symmetric(DEMO_CALLBACK_KEY, joined[0])}</code>" in page
    assert f"checksum={symmetric(DEMO_CALLBACK_KEY, joined[0])}" in page
    assert "not signed: mine" in page


def result_of(page: Answer) -> str:
    """The text of the panel with the check of a callback."""
    return html.unescape(page.text.split('id="check"', 1)[1].split("</section>", 1)[0])


async def test_received_callback_is_checked_and_its_mistake_is_named(owner: Browser) -> None:
    signed = "amount;100;mdOrder;m;operation;deposited;orderNumber;1;status;1;"
    right = symmetric(DEMO_CALLBACK_KEY, signed)
    query = "mdOrder=m&orderNumber=1&operation=deposited&status=1&amount=100"
    address = f"https://shop.example/cb?mine=1&{query}"

    async def check(**fields: str) -> str:
        answer = await owner.submit(CALLBACKS, f"{CALLBACKS}/check", **fields)
        assert answer.status == 200, answer.text
        result = result_of(answer)
        assert DEMO_CALLBACK_KEY not in result
        return result

    good = await check(received=f"{address}&checksum={right}")
    assert "The checksum is right" in good
    assert signed in good
    assert "a parameter of your own address" in good

    wrong_key = symmetric("another-key", signed)
    wrong = await check(received=f"{address}&checksum={wrong_key}")
    assert "The checksum is wrong" in wrong
    assert "made with another key" in wrong
    assert right in wrong

    missing = symmetric(DEMO_CALLBACK_KEY, signed.replace("amount;100;", ""))
    mine = await check(received=f"{address}&checksum={right}", computed=missing)
    assert "Only mdOrder, operation, orderNumber and status were signed" in mine

    lower = await check(received=f"{address}&checksum={right.lower()}")
    assert "changed to lower case in transit" in lower


@pytest.mark.parametrize("text", ["", "hello", "{broken", "[]", HOSTILE])
async def test_text_that_is_no_callback_is_refused(owner: Browser, text: str) -> None:
    answer = await owner.submit(CALLBACKS, f"{CALLBACKS}/check", received=text)

    assert answer.status == 400
    assert "This is not a callback" in result_of(answer)
    assert HOSTILE not in answer.text


async def test_only_the_shops_own_keys_check_a_callback(owner: Browser) -> None:
    signed = "mdOrder;m;operation;deposited;orderNumber;1;status;1;"
    received = f"mdOrder=m&orderNumber=1&operation=deposited&status=1&checksum={'AB' * 256}"
    answer = await owner.submit(
        CALLBACKS, f"{CALLBACKS}/check", received=f"{received}&sign_alias=other", shop="other"
    )
    assert answer.status == 400
    assert "The shop has no such certificate" in result_of(answer)
    answer = await owner.submit(
        CALLBACKS,
        f"{CALLBACKS}/check",
        received=received.replace("AB" * 256, symmetric("other-shop-key", signed)),
        shop="other",
        key="other-shop-key",
    )
    assert "The checksum is wrong" in result_of(answer)


async def test_key_is_rotated_and_signs(owner: Browser) -> None:
    await save(owner, CALLBACKS, callbacks__parameters="amount")
    form = dict(form_of(await owner.get(CALLBACKS), f"{CALLBACKS}/key"))
    rotated = await owner.post(f"{CALLBACKS}/key", **form)
    assert rotated.location == f"{CALLBACKS}?done=key#key"
    page = (await owner.get(CALLBACKS)).text
    assert DEMO_CALLBACK_KEY not in page
    found = re.search(r'<h2 id="key">.*?<code>([^<]+)</code>', page, re.DOTALL)
    assert found is not None
    joined = re.search(r"amount;10000;mdOrder;[^<]+", page)
    assert joined is not None
    assert symmetric(found[1], joined[0]) in page
    typed = await save(owner, CALLBACKS, callbacks__key="short")
    assert (typed.status, "8 to 256" in typed.text) == (400, True)
    saved = await save(owner, CALLBACKS, callbacks__key=DEMO_CALLBACK_KEY)
    assert saved.location == f"{CALLBACKS}?done=saved"


async def newest_audit(shop: Shop) -> str:
    return str(
        await shop.pool.fetchval(
            "SELECT detail FROM audit_log WHERE merchant_id = 1 ORDER BY number DESC LIMIT 1"
        )
    )


async def test_key_is_removed_and_callbacks_are_unsigned(owner: Browser, shop: Shop) -> None:
    await save(owner, CALLBACKS, callbacks__key=DEMO_CALLBACK_KEY)
    page = (await owner.get(CALLBACKS)).text
    assert 'name="callbacks.key.remove"' in page
    assert "are sent without checksum" in page

    both = await save(owner, CALLBACKS, **{"callbacks.key.remove": "yes"}, callbacks__key="x" * 9)
    assert (both.status, "Either remove the value or type a new one" in both.text) == (400, True)
    assert re.search(r'name="callbacks.key.remove" value="yes" checked', both.text)

    removed = await save(owner, CALLBACKS, **{"callbacks.key.remove": "yes"})
    assert removed.location == f"{CALLBACKS}?done=saved"
    assert await newest_audit(shop) == "callbacks.key (removed, default)"
    page = (await owner.get(CALLBACKS)).text
    assert "callbacks are not signed now" in page.lower()
    assert 'name="callbacks.key.remove"' not in page
    again = await save(owner, CALLBACKS, **{"callbacks.key.remove": "yes"})
    assert again.location == f"{CALLBACKS}?done=same"
    await save(owner, CALLBACKS, callbacks__key=DEMO_CALLBACK_KEY)


async def test_password_at_the_provider_is_removed(owner: Browser, shop: Shop) -> None:
    await save(owner, FISCAL, fiscal__password="p4ssw0rd")

    removed = await save(owner, FISCAL, **{"fiscal.password.remove": "yes"})

    assert removed.location == f"{FISCAL}?done=saved"
    assert await newest_audit(shop) == "fiscal.password (removed, default)"
    page = (await owner.get(FISCAL)).text
    assert 'name="fiscal.password.remove"' not in page
    assert not await shop.pool.fetchval(
        "SELECT settings->'fiscal'->>'password' FROM merchant_settings"
        " WHERE merchant_id = 1 ORDER BY version DESC LIMIT 1"
    )


async def test_certificate_is_made_and_shown(owner: Browser) -> None:
    form = dict(form_of(await owner.get(CALLBACKS), f"{CALLBACKS}/certificate"))
    made = await owner.post(f"{CALLBACKS}/certificate", **form)
    assert made.location == f"{CALLBACKS}?done=certificate#certificates"
    await save(owner, CALLBACKS, callbacks__checksum="asymmetric")
    page = (await owner.get(CALLBACKS)).text
    assert "BEGIN CERTIFICATE" in page
    assert "PRIVATE KEY" not in page
    assert "RSA with SHA-512" in page
    await save(owner, CALLBACKS, callbacks__checksum="symmetric")


@pytest.mark.parametrize("kind", ["key", "certificate"])
async def test_form_that_is_sent_twice_makes_one_key_or_certificate(
    owner: Browser, shop: Shop, kind: str
) -> None:
    async def stored() -> list[object]:
        keys = await shop.pool.fetchval(
            "SELECT settings->'callbacks'->>'key' FROM merchant_settings"
            " WHERE merchant_id = 1 ORDER BY version DESC LIMIT 1"
        )
        return [keys, await shop.pool.fetchval("SELECT count(*) FROM signing_keys")]

    address = f"{CALLBACKS}/{kind}"
    form = dict(form_of(await owner.get(CALLBACKS), address))
    before = await stored()
    answers = await asyncio.gather(owner.post(address, **form), owner.post(address, **form))
    assert sorted(each.status for each in answers) == [303, 409]
    [second] = [each for each in answers if each.status == 409]
    assert "This form was sent already" in second.text
    made = await stored()
    assert made != before
    assert (await owner.post(address, **form)).status == 409
    assert await stored() == made


@pytest.mark.parametrize("url", ["ftp://shop.example/", "https://u:p@shop.example/", HOSTILE])
async def test_addresses_that_are_not_called_are_refused(owner: Browser, url: str) -> None:
    answer = await save(owner, CALLBACKS, callbacks__urls=url)
    assert (answer.status, 'id="callbacks-urls-error"' in answer.text) == (400, True)
    russian = Browser(owner.app, dict(owner.cookies))
    form = dict(form_of(await owner.get(CALLBACKS), CALLBACKS)) | {"callbacks.urls": url}
    shown = (await russian.post(f"{CALLBACKS}?lang=ru", **form)).text
    assert "Не подходит" in shown
    assert '<span lang="en" class="small">' not in shown
    assert "<script>alert" not in answer.text


async def test_fiscal_settings_take_effect_and_keep_the_password(
    owner: Browser, shop: Shop
) -> None:
    atol = await save(owner, FISCAL, fiscal__provider="atol")
    assert atol.status == 400
    assert 'id="fiscal-provider-error"' in atol.text
    saved = await save(
        owner,
        FISCAL,
        fiscal__ffd="1.2",
        fiscal__password="p4ssw0rd",
        fiscal__default_line="yes",
        fiscal__product_name="Заказ в магазине",
    )
    assert saved.location == f"{FISCAL}?done=saved"
    page = (await owner.get(FISCAL)).text
    assert "p4ssw0rd" not in page
    stored = await shop.pool.fetchval(
        "SELECT settings->'fiscal'->>'password' FROM merchant_settings"
        " WHERE merchant_id = 1 ORDER BY version DESC LIMIT 1"
    )
    assert stored.startswith("encrypted1:")
    assert (await save(owner, FISCAL, fiscal__tax_system="1")).location.endswith("saved")
    assert stored == await shop.pool.fetchval(
        "SELECT settings->'fiscal'->>'password' FROM merchant_settings"
        " WHERE merchant_id = 1 ORDER BY version DESC LIMIT 1"
    )

    async def line() -> object:
        merchant = await shop.gateway.world.merchants.by_login("test")
        return merchant and merchant.settings.fiscal.tax_system

    await becomes(line, 1)
    order = await shop.register(5000, email="payer@shop.example")
    await shop.pay(order)

    async def name() -> object:
        answer = await shop.call("getReceiptStatus.do", orderId=order)
        return "Заказ в магазине" in str(answer)

    await becomes(name, value=True)


async def test_page_settings_show_on_the_payment_page(owner: Browser, shop: Shop) -> None:
    saved = await save(owner, PAGE, **{"page_names.ru": "Чайная", "page_names.en": HOSTILE})
    assert saved.location == f"{PAGE}?done=saved"
    assert "<script>alert" not in (await owner.get(PAGE)).text
    order = await shop.register(5000)
    path = f"/payment/merchants/test/payment_ru.html?mdOrder={order}"

    async def named() -> bool:
        return "Чайная" in (await AsgiClient(shop.gateway.router).get(path)).text

    await eventually(named)


async def test_logo_is_uploaded_checked_and_removed(owner: Browser, shop: Shop) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
    wrong = await upload(owner, b"<svg onload=alert(1)>")
    assert (wrong.status, "This is no PNG" in wrong.text) == (400, True)
    assert (await upload(owner, picture + b"\0" * 20_000)).status == 400
    assert (await upload(owner, b"", filename="")).status == 400
    assert (await upload(owner, picture)).location == f"{PAGE}?done=saved#logo"
    assert 'src="data:image/png;base64,' in (await owner.get(PAGE)).text
    order = await shop.register(5000)
    path = f"/payment/merchants/test/payment_ru.html?mdOrder={order}"

    async def has_logo() -> bool:
        return "data:image/png" in (await AsgiClient(shop.gateway.router).get(path)).text

    await eventually(has_logo)
    address = await owner.submit(PAGE, f"{PAGE}/logo", how="address", page_logo="http://x.example")
    assert (address.status, 'value="http://x.example"' in address.text) == (400, True)
    removed = await owner.submit(PAGE, f"{PAGE}/logo", how="remove")
    assert removed.location == f"{PAGE}?done=saved#logo"
    assert "There is no logo." in (await owner.get(PAGE)).text


async def test_broken_upload_is_refused(owner: Browser) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in owner.cookies.items())
    headers = [("cookie", cookie), ("content-type", "multipart/form-data; boundary=xx")]
    client = AsgiClient(owner.app)
    answer = await client.post(f"{PAGE}/logo", body=b"--xx\r\nno end", headers=headers)
    assert answer.status == 403
    large = await upload(owner, b"x" * 300_000)
    assert large.status == 413


async def test_field_that_is_not_sent_stays_as_it_is(owner: Browser) -> None:
    before = dict(form_of(await owner.get(FISCAL), FISCAL))
    sent = {name: value for name, value in before.items() if name != "fiscal.inn"}
    assert (await owner.post(FISCAL, **sent)).location == f"{FISCAL}?done=same"
    assert before["fiscal.inn"] in (await owner.get(FISCAL)).text


async def upload(browser: Browser, content: bytes, *, filename: str = "logo.png") -> Answer:
    """Send a file as a browser does."""
    csrf = csrf_of(await browser.get(PAGE))
    body = (
        f'--xx\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n'
        '--xx\r\nContent-Disposition: form-data; name="how"\r\n\r\nfile\r\n'
        f'--xx\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
        "Content-Type: image/png\r\n\r\n"
    ).encode() + content
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = [
        ("cookie", cookie),
        ("origin", browser.origin),
        ("accept-language", "en"),
        ("content-type", "multipart/form-data; boundary=xx"),
    ]
    client = AsgiClient(browser.app)
    return await client.post(f"{PAGE}/logo", body=body + b"\r\n--xx--\r\n", headers=headers)


async def test_ways_to_pay_take_effect(owner: Browser, shop: Shop) -> None:
    crossed = await save(owner, WAYS, sberpay__amount_min_minor="9 999 999,00")
    assert crossed.status == 400
    assert 'id="sberpay-amount_min_minor-error"' in crossed.text
    saved = await save(
        owner,
        WAYS,
        sberpay__amount_min_minor="100,50",
        allowed_payment_ways="SBRF_SBOL",
    )
    assert saved.location == f"{WAYS}?done=saved"
    assert 'value="100.50"' in (await owner.get(WAYS)).text

    async def smallest() -> object:
        merchant = await shop.gateway.world.merchants.by_login("test")
        return merchant and merchant.settings.sberpay.amount_min_minor

    await becomes(smallest, 10_050)
    order = await shop.register(500_000)
    refused = await shop.pay(order)
    assert refused["errorCode"] not in {0, "0"}
    await save(owner, WAYS, allowed_payment_ways=None)


async def test_provider_settings_are_shown_and_not_taken(owner: Browser, shop: Shop) -> None:
    page = (await owner.get(GENERAL)).text
    assert "Changed by the support" in page
    sent = dict(form_of(await owner.get(GENERAL), GENERAL))
    answer = await owner.post(GENERAL, **sent, permissions="", hold_days="300")
    assert answer.location == f"{GENERAL}?done=same"
    versions = await shop.pool.fetchval("SELECT count(*) FROM merchant_settings")
    assert (await owner.post(GENERAL, **sent, hold_days="300")).status == 303
    assert await shop.pool.fetchval("SELECT count(*) FROM merchant_settings") == versions


async def test_sessions_are_listed_and_ended(owner: Browser, shop: Shop) -> None:
    operator = Browser(shop.gateway.router)
    await operator.log_in(OPERATOR)
    page = await owner.get(SESSIONS)
    found = re.search(
        rf'<th scope="row">{OPERATOR}.*?name="session" value="([0-9a-f]+)"', page.text, re.DOTALL
    )
    assert found is not None
    assert "this is you" in page.text
    assert (await operator.get(f"{BASE}/profile")).status == 200
    ended = await owner.submit(SESSIONS, f"{SESSIONS}/end", session=found[1])
    assert ended.location == f"{SESSIONS}?done=ended"
    assert (await operator.get(f"{BASE}/profile")).status == 303
    gone = await owner.submit(SESSIONS, f"{SESSIONS}/end", session=found[1])
    assert gone.location == f"{SESSIONS}?done=gone"
    assert "session ended" in (await owner.get(f"{BASE}/audit")).text


async def test_operator_reaches_callbacks_and_no_settings(shop: Shop) -> None:
    operator = Browser(shop.gateway.router)
    await operator.log_in(OPERATOR)
    for path in (SETTINGS, GENERAL, CALLBACKS, FISCAL, PAGE, WAYS, SESSIONS):
        assert (await operator.get(path)).status == 403
    profile = await operator.get(f"{BASE}/profile")
    for path in (GENERAL, f"{CALLBACKS}/key", f"{CALLBACKS}/test", f"{SESSIONS}/end"):
        refused = await operator.post(path, csrf=csrf_of(profile))
        assert refused.status == 403
    assert (await operator.get(f"{BASE}/callbacks")).status == 200


async def test_forms_without_their_token_are_refused(owner: Browser, shop: Shop) -> None:
    before = await shop.pool.fetchval("SELECT count(*) FROM merchant_settings")
    posted = (
        "/general",
        "/callbacks/key",
        "/callbacks/check",
        "/callbacks/certificate",
        "/page/logo",
        "/sessions/end",
    )
    for path in posted:
        answer = await owner.post(f"{SETTINGS}{path}", default_language="en", version="1")
        assert answer.status == 403
    assert await shop.pool.fetchval("SELECT count(*) FROM merchant_settings") == before


async def test_callbacks_of_the_shop_only_are_shown_and_sent_again(
    owner: Browser, shop: Shop
) -> None:
    order_id = await shop.register(1_000, dynamicCallbackUrl="http://127.0.0.1:9/callback")
    await shop.pay(order_id)
    listed = await owner.get(f"{BASE}/callbacks")
    found = re.search(rf'href="({BASE}/callbacks/[0-9a-f.-]+)"', listed.text)
    assert found is not None, listed.text
    address = found[1]

    async def delivered() -> bool:
        page = await owner.get(address)
        assert page.status == 200
        return "Signed text" in page.text

    await eventually(delivered)
    russian = Browser(shop.gateway.router, dict(owner.cookies))
    for path in (address, f"{BASE}/callbacks", f"{BASE}/orders/{order_id}"):
        shown = (await russian.get(f"{path}?lang=ru")).text
        assert "127.0.0.1:9 не принял соединение" in shown
        assert "refused the connection" not in shown
    again = await owner.submit(found[1], found[1])
    assert again.location == f"{found[1]}?resent=yes"
    assert "callback sent again" in (await owner.get(f"{BASE}/audit")).text
    await set_permission(shop, sees=False)
    other = await other_shops_callback(shop)
    assert (await owner.get(f"{BASE}/callbacks/{other}")).status == 404
    assert (await owner.submit(found[1], f"{BASE}/callbacks/{other}")).status == 404
    assert (await owner.get(f"{BASE}/callbacks/x")).status == 404
    await set_permission(shop, sees=True)


async def other_shops_callback(shop: Shop) -> str:
    """The id of a callback of the child shop, put into the database as the gateway would."""
    order = await shop.call(
        "register.do",
        userName="test-child-api",
        orderNumber="of-the-child",
        amount=100,
        returnUrl="https://s.example",
        dynamicCallbackUrl="http://127.0.0.1:1/cb",
    )
    card = {"MDORDER": order["orderId"], "$PAN": "5555555555555599", "$CVC": "123"}
    fields = {**card, "$EXPIRY": "209912", "TEXT": "A", "userName": "test-child-api"}
    await shop.call("paymentorder.do", **fields)
    rows = await shop.pool.fetch(
        "SELECT subject_id, version, line FROM outbox WHERE kind = 'callback' AND subject_id = $1",
        order["orderId"],
    )
    assert rows
    return f"{rows[0]['subject_id']}.{rows[0]['version']}.{rows[0]['line']}"


async def test_codes_of_receipts_are_named_in_the_language_of_the_page(owner: Browser) -> None:
    english = (await owner.get(f"{FISCAL}?lang=en")).text
    for name in ("0 — no VAT", "0 — general", "4 — full payment", "33 — marked goods with a code"):
        assert name in english
    assert "общая" not in english
    russian = (await owner.get(f"{FISCAL}?lang=ru")).text
    assert "0 — без НДС" in russian
    await owner.get(f"{FISCAL}?lang=en")
