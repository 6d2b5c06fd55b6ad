"""The pages of the payment page: which page a payer gets, and with which security headers.

Payers also open links that are old, mistyped or of another shop; each gets an answer.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from altyn.inbound.payment_page.frame import STATIC, STATIC_PREFIX
from tests.integration.payment_page.page_client import (
    ACS_CODE,
    DECLINED,
    FAIL_URL,
    PAYER_IP,
    RETURN_URL,
    PageClient,
    path_of,
    typed,
)

ENROLLED = "4111111111111111"
CHALLENGED = "5000001111111115"


async def test_an_order_opens_on_its_own_form_url(client: PageClient) -> None:
    order_id = await client.register(description="Чай и пряники")
    page = await client.open(order_id)
    assert page.status == 200
    assert "Чай и пряники" in page.text
    assert "Демо-магазин" in page.text
    assert order_id in page.text


@pytest.mark.parametrize(
    ("file", "language"),
    [
        ("payment_en.html", "en"),
        ("mobile_payment_ru.html", "ru"),
        ("iphone_payment_en.html", "en"),
        ("payment_de.html", "ru"),  # no such language: the shop's default
    ],
)
async def test_views_and_languages(client: PageClient, file: str, language: str) -> None:
    page = await client.open(await client.register(), file)
    assert page.status == 200
    assert f'<html lang="{language}">' in page.text


@pytest.mark.parametrize("file", ["payment_ru.html", "errors_ru.html", "iphone_error_en.html"])
async def test_an_unknown_order_is_not_found(client: PageClient, file: str) -> None:
    for order_id in (str(uuid4()), "", "1", "x" * 36, "'; DROP TABLE orders; --"):
        page = await client.open(order_id, file)
        assert page.status == 404
        assert "Заказ не найден" in page.text or "Order not found" in page.text


async def test_an_order_is_not_found_in_another_shops_folder(client: PageClient) -> None:
    order_id = await client.register()
    for login in ("test-child", "test-api", "nobody"):
        page = await client.open(order_id, login=login)
        assert page.status == 404


async def test_every_page_has_its_security_headers(client: PageClient) -> None:
    order_id = await client.register()
    pages = [
        await client.open(order_id),
        await client.open("unknown"),
        await client.http.get("/payment/rest/finish3dsMethodNotification.do"),
        await client.http.get("/payment/rest/getSessionStatus.do"),
    ]
    for page in pages:
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["referrer-policy"] == "same-origin"
    policy = pages[0].headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_the_policy_allows_a_redirect_to_the_shops_app(client: PageClient) -> None:
    order_id = await client.register(returnUrl="myshop://paid")
    policy = (await client.open(order_id)).headers["content-security-policy"]
    assert "form-action https: http: myshop:;" in policy


async def test_the_first_page_saves_the_payers_address(client: PageClient) -> None:
    order_id = await client.register()
    assert (await client.status(order_id)).get("ip") is None
    await client.open(order_id)
    assert (await client.status(order_id))["ip"] == PAYER_IP
    before = await client.shop.pool.fetchval(
        "SELECT version FROM orders WHERE order_id = $1", order_id
    )
    await client.open(order_id)
    after = await client.shop.pool.fetchval(
        "SELECT version FROM orders WHERE order_id = $1", order_id
    )
    assert after == before


async def test_a_finished_order_keeps_the_address_it_was_paid_from(client: PageClient) -> None:
    order_id = await client.register()
    await client.pay(order_id)
    await client.from_address("198.51.100.7").open(order_id)
    assert (await client.status(order_id))["ip"] == PAYER_IP


async def test_a_paid_order_redirects_to_the_shop(client: PageClient) -> None:
    order_id = await client.register()
    await client.pay(order_id)
    for file in ("payment_en.html", "errors_en.html"):
        page = await client.open(order_id, file)
        assert (page.status, page.location) == (302, f"{RETURN_URL}?orderId={order_id}&lang=en")


async def test_an_expired_order_redirects_to_the_fail_address(client: PageClient) -> None:
    order_id = await client.register(sessionTimeoutSecs="60")
    await client.wait(seconds=61)
    page = await client.open(order_id)
    assert (page.status, page.location) == (302, f"{FAIL_URL}?orderId={order_id}&lang=ru")
    status = await client.status(order_id)
    assert (status["orderStatus"], status["actionCode"]) == (6, -2007)
    errors = await client.open(order_id, "errors_ru.html")
    assert errors.status == 200
    assert "Время на оплату истекло" in errors.text
    assert f"{FAIL_URL}?orderId={order_id}" in errors.text


async def test_a_session_ends_on_time_also_before_its_timer_runs(client: PageClient) -> None:
    order_id = await client.register(sessionTimeoutSecs="60")
    await client.shop.clock.advance(timedelta(seconds=61))  # only the clock: no timer runs
    assert (await client.open(order_id)).status == 302
    assert (await client.status(order_id))["actionCode"] == -2007


async def test_the_error_page_of_an_order_without_errors_redirects_to_the_form(
    client: PageClient,
) -> None:
    order_id = await client.register()
    page = await client.open(order_id, "mobile_errors_en.html")
    assert page.status == 302
    assert path_of(page.location) == (
        f"/payment/merchants/test/mobile_payment_en.html?mdOrder={order_id}"
    )


async def test_a_declined_attempt_is_shown_and_may_be_repeated(client: PageClient) -> None:
    order_id = await client.register()
    await client.pay(order_id, DECLINED)
    page = await client.open(order_id)
    assert page.status == 200
    assert "Банк отклонил оплату." in page.text
    assert "Операция отклонена" not in page.text
    assert "Осталось 2 попытки" in page.text
    assert "Попробовать ещё раз" in (await client.open(order_id, "errors_ru.html")).text


# ── Without scripts ───────────────────────────────────────────────────────────────────────────────


async def test_paying_without_scripts(client: PageClient) -> None:
    order_id = await client.register()
    form = (await client.open(order_id)).form
    assert form.action == f"payment_ru.html?mdOrder={order_id}"
    answer = await client.fill(order_id, typed())
    assert (answer.status, answer.location) == (303, f"{RETURN_URL}?orderId={order_id}&lang=ru")
    assert (await client.status(order_id))["orderStatus"] == 2


async def test_a_form_with_errors_keeps_all_but_the_card_number_and_cvc(client: PageClient) -> None:
    await client.set(page_holder="required")
    order_id = await client.register()
    pan = "4111111111111112"
    answer = await client.fill(
        order_id, {**typed(pan, cvc="987", expiry="13 / 35"), "TEXT": "ИВАН"}
    )
    assert answer.status == 200
    for words in ("В номере опечатка", "Месяц бывает от 01 до 12", "Только латинские буквы"):
        assert words in answer.text
    assert 'value="13 / 35"' in answer.text
    assert 'value="ИВАН"' in answer.text
    assert pan not in answer.text
    assert "987" not in answer.text.replace(order_id, "")  # whose digits may be any
    assert (await client.session(order_id))["attemptsLeft"] == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"$PAN": ""}, "Введите номер карты"),
        ({"$PAN": "4111"}, "Номер слишком короткий"),
        ({"$PAN": "4" * 20}, "не больше 19 цифр"),
        ({"$PAN": "4242424242424242"}, "только тестовые карты"),
        ({"$EXPIRY": ""}, "Введите месяц и год"),
        ({"$EXPIRY": "1"}, "две цифры месяца"),
        ({"$EXPIRY": "01 / 20"}, "Срок этой карты истёк"),
        ({"$EXPIRY": "01 / 99"}, "такого срока у карт не бывает"),
        ({"$CVC": ""}, "Введите код с карты"),
        ({"$CVC": "12"}, "В коде 3 цифры"),
        ({"email": "x" * 200}, "Проверьте адрес"),
        ({"phone": "12"}, "Введите номер с кодом страны"),
    ],
)
async def test_each_wrong_field_has_a_text(
    client: PageClient, changes: dict[str, str], words: str
) -> None:
    order_id = await client.register()
    answer = await client.fill(order_id, {**typed(), **changes})
    assert answer.status == 200
    assert words in answer.text
    assert (await client.session(order_id))["attemptsLeft"] == 3


async def test_declines_without_scripts_up_to_the_last_attempt(client: PageClient) -> None:
    await client.set(page_holder="optional")
    order_id = await client.register()
    for left in ("Осталось 2 попытки", "Осталась 1 попытка"):
        answer = await client.fill(order_id, typed(DECLINED))
        assert answer.status == 200
        assert left in answer.text
        assert 'value="IVAN PETROV"' in answer.text
    last = await client.fill(order_id, typed(DECLINED))
    assert (last.status, last.location) == (303, f"{FAIL_URL}?orderId={order_id}&lang=ru")
    errors = await client.open(order_id, "errors_ru.html")
    assert "Попытки оплаты закончились" in errors.text
    assert "Вернитесь в магазин" in errors.text
    assert "другой картой" not in errors.text
    assert "повторите" not in errors.text


async def test_a_3d_secure_1_payment_without_scripts(client: PageClient) -> None:
    order_id = await client.register()
    step = await client.fill(order_id, typed(ENROLLED))
    assert step.status == 200
    assert step.form.fields["MD"] == order_id
    bank = await client.http.post(step.form.action, step.form.fields)
    answered = {**bank.form.fields, "password": ACS_CODE, "decision": "confirm"}
    bank = await client.http.post(bank.form.action, answered)
    back = await client.back(bank)
    assert (back.status, back.location) == (302, f"{RETURN_URL}?orderId={order_id}&lang=ru")


async def test_a_3d_secure_2_payment_without_scripts_never_shows_the_card(
    client: PageClient,
) -> None:
    order_id = await client.register()
    method = await client.fill(order_id, typed(CHALLENGED))
    assert set(method.form.fields) == {"MDORDER", "threeDSServerTransId", "threeDSCompInd"}
    assert CHALLENGED not in method.text
    step = await client.fill(order_id, method.form.fields)
    assert set(step.form.fields) == {"creq", "threeDSSessionData"}
    bank = await client.http.post(step.form.action, step.form.fields)
    answered = {**bank.form.fields, "password": ACS_CODE, "decision": "confirm"}
    bank = await client.http.post(bank.form.action, answered)
    back = await client.back(bank)
    assert (back.status, back.location) == (302, f"{RETURN_URL}?orderId={order_id}&lang=ru")
    assert (await client.status(order_id))["orderStatus"] == 2


# ── The gateway's own result page ─────────────────────────────────────────────────────────────────


async def test_the_result_page(client: PageClient) -> None:
    order_id = await client.register()
    address = f"/payment/merchants/test/finish.html?orderId={order_id}&lang=en"
    unpaid = await client.http.get(address)
    assert path_of(unpaid.location) == (
        f"/payment/merchants/test/payment_en.html?mdOrder={order_id}"
    )
    await client.pay(order_id)
    paid = await client.http.get(address)
    assert paid.status == 200
    assert "Paid" in paid.text
    assert "555555**5599" in paid.text
    assert f"{RETURN_URL}?orderId={order_id}" in paid.text
    stray = await client.http.get(f"/payment/merchants/test/finish.html?orderId={uuid4()}")
    assert stray.status == 404


# ── Files ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", sorted(STATIC.files))
async def test_static_files_are_cached_and_compressed(client: PageClient, name: str) -> None:
    plain = await client.http.get(f"{STATIC_PREFIX}/{name}")
    light = await client.http.get(
        f"{STATIC_PREFIX}/{name}", headers={"accept-encoding": "gzip, br"}
    )
    assert (plain.status, light.status) == (200, 200)
    assert plain.body == STATIC.files[name].content
    assert "immutable" in plain.headers["cache-control"]
    assert light.headers["content-encoding"] == "gzip"
    assert light.headers["vary"] == "Accept-Encoding"


async def test_a_file_of_another_version_is_not_found(client: PageClient) -> None:
    assert (await client.http.get("/payment/static/000000000000/look.css")).status == 404
    assert (await client.http.get(f"{STATIC_PREFIX}/../../../settings.py")).status == 404


async def test_a_shops_own_pages_are_preferred(client: PageClient, templates: Path) -> None:
    shop = templates / "test"
    (shop / "img").mkdir(parents=True)
    (shop / "payment_ru.html").write_text("<h1>свой</h1>", "utf-8")
    (shop / "iphone_error_ru.html").write_text("<h1>беда</h1>", "utf-8")
    (shop / "img" / "logo.png").write_bytes(b"\x89PNG")
    order_id = await client.register()
    for file in ("payment_ru.html", "payment_en.html", "mobile_payment_ru.html"):
        page = await client.open(order_id, file)
        assert page.body.decode() == "<h1>свой</h1>"
        policy = page.headers["content-security-policy"]
        assert "script-src 'self' 'unsafe-inline'" in policy
        assert "connect-src 'self'" in policy
    await client.pay(order_id, DECLINED)
    assert (await client.open(order_id, "iphone_errors_ru.html")).text == "<h1>беда</h1>"
    picture = await client.http.get("/payment/merchants/test/img/logo.png")
    assert (picture.status, picture.headers["content-type"]) == (200, "image/png")


async def test_no_file_outside_the_shops_folder_is_served(
    client: PageClient, templates: Path
) -> None:
    secret = templates.parent / "secret.css"
    secret.write_text("secret")
    (templates / "other").mkdir()
    (templates / "other" / "a.css").write_text("secret")
    shop = templates / "test"
    shop.mkdir()
    (shop / ".hidden.css").write_text("secret")
    (shop / "keys.pem").write_text("secret")
    (shop / "link.css").symlink_to(secret)
    (shop / "folder").symlink_to(templates / "other")
    (templates / "linked").symlink_to(templates.parent)
    for path in (
        "test/../../secret.css",
        "test/..%2f..%2fsecret.css",
        "test/%2e%2e/%2e%2e/secret.css",
        "test/..\\..\\secret.css",
        "test/link.css",
        "test/folder/a.css",
        "test/.hidden.css",
        "test/keys.pem",
        "test//etc/passwd",
        "test/a.css%00.css",
        "linked/secret.css",
        "../secret.css",
    ):
        answer = await client.http.get(f"/payment/merchants/{path}")
        assert answer.status == 404, path
        assert "secret" not in answer.text
