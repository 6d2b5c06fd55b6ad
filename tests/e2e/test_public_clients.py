"""Client libraries of other authors, unmodified: only the address of the gateway is configured.

The table of docs/how-to/existing-clients.md lists them. SOAP clients have tests of their own.
"""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import sber_payments
from btipay.btipay import BTIPayClient
from btipay.exceptions import BTIPayException
from gocream_pysberbank.errors import SberbankApiException
from gocream_pysberbank.http import SberbankClient

from altyn.storage.demo import DEMO_API_LOGIN, DEMO_PASSWORD, DEMO_TOKEN
from tests.e2e.command import SHOP, Gateway, eventually, serving
from tests.e2e.gateway import shop_site
from tests.e2e.npm_client import PACKAGES, NpmClient, NpmClientError, npm_client
from tests.shop import GOOD, card_fields, new_number

pytestmark = pytest.mark.slow

UNKNOWN: Final = "9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f"
EXPIRY: Final = "209912"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serving(tmp_path_factory.mktemp("clients") / "home") as running:
        yield running


def pay(gateway: Gateway, order_id: str) -> None:
    """Pay an order by a card."""
    paid = gateway.call("paymentorder.do", **card_fields(order_id))
    assert paid["errorCode"] == 0, paid


def new_client() -> str:
    """A new client of the shop."""
    return f"client-{uuid4()}"


def new_stored_card(gateway: Gateway) -> tuple[str, str]:
    """A new client of the shop, and the id of the card that is stored for the client."""
    client = new_client()
    stored = gateway.call("createBindingNoPayment.do", clientId=client, pan=GOOD, expiryDate=EXPIRY)
    assert stored["errorCode"] == "0", stored
    return client, stored["bindingId"]


# ── sberbank-acquiring (npm): orders ──────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def npm(gateway: Gateway) -> Iterator[NpmClient]:
    with npm_client(gateway.address) as client:
        yield client


def test_order_of_the_npm_client(gateway: Gateway, npm: NpmClient) -> None:
    number = new_number()
    order = npm.call("register", number, 1500.5, "Чай", {"clientId": "c-7", "language": "en"})
    order_id = order["orderId"]
    assert order["formUrl"].endswith(f"mdOrder={order_id}")
    assert npm.call("status", order_id) == 0
    pay(gateway, order_id)
    assert npm.call("status", None, number) == 2
    paid = npm.call("get", order_id)
    assert (paid["amount"], paid["orderDescription"]) == (150050, "Чай")
    assert paid["cardAuthInfo"]["maskedPan"] == "555555**5599"
    assert npm.call("refund", order_id, 0, {"reason": "a return"})["errorCode"] == "0"
    assert npm.call("status", order_id) == 4


def test_refusals_of_orders_as_the_npm_client_reads_them(gateway: Gateway, npm: NpmClient) -> None:
    number = new_number()
    order_id = npm.call("register", number, 100)["orderId"]
    assert npm.call("status", UNKNOWN) is None
    for code, method, *parameters in (
        ("1", "register", number, 100),
        ("6", "get", UNKNOWN),
        ("7", "refund", order_id, 0),
    ):
        with pytest.raises(NpmClientError) as error:
            npm.call(str(method), *parameters)
        assert error.value.code == code
        assert error.value.text
    with npm_client(gateway.address, "wrong") as stranger, pytest.raises(NpmClientError) as error:
        stranger.call("get", order_id)
    assert (error.value.code, error.value.text) == ("5", "Доступ запрещён")


# ── sberbank-acquiring (npm): stored cards ────────────────────────────────────────────────────────


def ids_of(answer: dict[str, Any]) -> list[str]:
    return [each["bindingId"] for each in answer["bindings"]]


def test_list_of_stored_cards_by_the_npm_client(gateway: Gateway, npm: NpmClient) -> None:
    client, binding = new_stored_card(gateway)
    (stored,) = npm.call("getBindings", client)["bindings"]
    assert stored["bindingId"] == binding
    assert (stored["maskedPan"], stored["expiryDate"]) == ("555555**5599", EXPIRY)
    assert ids_of(npm.call("getBindings", client, "CR")) == [binding]
    assert ids_of(npm.call("getBindings", client, "C", binding)) == [binding]
    for refused in (("nobody",), (client, "R"), (client, "I"), (client, "C", UNKNOWN)):
        with pytest.raises(NpmClientError) as error:
            npm.call("getBindings", *refused)
        assert (error.value.code, error.value.text) == ("2", "Информация не найдена")


def test_stored_card_is_disabled_by_the_npm_client(gateway: Gateway, npm: NpmClient) -> None:
    client, binding = new_stored_card(gateway)
    assert npm.call("unBindCard", binding) == {"errorCode": "0", "errorMessage": "Успешно"}
    for method, value, text in (
        ("unBindCard", binding, "Связка неактивна"),
        ("unBindCard", UNKNOWN, "Связка не найдена"),
        ("getBindings", client, "Информация не найдена"),
    ):
        with pytest.raises(NpmClientError) as error:
            npm.call(method, value)
        assert (error.value.code, error.value.text) == ("2", text)
    assert gateway.call("bindCard.do", bindingId=binding)["errorCode"] == "0"
    assert ids_of(npm.call("getBindings", client)) == [binding]


# ── sberbank-acquiring (npm): payments with stored cards ──────────────────────────────────────────


def new_order(npm: NpmClient, client: str, **more: object) -> str:
    """Register an order of a client."""
    order = npm.call("register", new_number(), 1500, "Чай", {"clientId": client, **more})
    return str(order["orderId"])


def test_card_of_a_payment_pays_the_next_order_by_the_npm_client(
    gateway: Gateway, npm: NpmClient
) -> None:
    client = new_client()
    first = new_order(npm, client)
    pay(gateway, first)
    binding = npm.call("get", first)["bindingInfo"]["bindingId"]
    assert ids_of(npm.call("getBindings", client)) == [binding]
    second = new_order(npm, client)
    paid = npm.call("paymentOrderBinding", second, binding, "192.0.2.7")
    assert paid["redirect"].startswith("https://shop.example/paid?number=")
    status = npm.call("get", second)
    assert (status["orderStatus"], status["ip"]) == (2, "192.0.2.7")
    assert status["bindingInfo"] == {"clientId": client, "bindingId": binding}
    assert npm.call("refund", second, 500)["errorCode"] == "0"
    assert npm.call("status", second) == 4


def test_refused_payments_with_stored_cards_by_the_npm_client(
    gateway: Gateway, npm: NpmClient
) -> None:
    client, binding = new_stored_card(gateway)
    order_id, of_another = new_order(npm, client), new_order(npm, new_client())
    disabled_client, disabled = new_stored_card(gateway)
    npm.call("unBindCard", disabled)
    for order, card, code, text in (
        (order_id, UNKNOWN, 2, "Связка не найдена"),
        (new_order(npm, disabled_client), disabled, 2, "Связка не найдена"),
        (of_another, binding, 1, "Заказ не может быть оплачен данной связкой"),
        (UNKNOWN, binding, 1, "Неверный номер заказа"),
    ):
        with pytest.raises(NpmClientError) as error:
            npm.call("paymentOrderBinding", order, card, "192.0.2.7")
        assert (error.value.code, error.value.text) == (code, text)
    assert npm.call("status", order_id) == 0


WITHOUT_CVC: Final = ("binding_without_cvc", "ssl_without_cvc")


def test_auto_payment_needs_no_cvc_by_the_npm_client(gateway: Gateway, npm: NpmClient) -> None:
    """The package never sends a CVC."""
    client, binding = new_stored_card(gateway)

    def text_of_a_payment(**more: object) -> str:
        try:
            order_id = new_order(npm, client, **more)
            return str(npm.call("paymentOrderBinding", order_id, binding, "192.0.2.7")["info"])
        except NpmClientError as error:
            return error.text

    gateway.run("merchant", "set", "test", "--", *(f"-{name}" for name in WITHOUT_CVC))
    assert eventually(lambda: text_of_a_payment().startswith("Необходимо указать CVC2/CVV2"))
    assert text_of_a_payment(features="AUTO_PAYMENT").startswith("Ваш платёж обработан")
    gateway.run("merchant", "set", "test", "--", *(f"+{name}" for name in WITHOUT_CVC))
    assert eventually(lambda: text_of_a_payment().startswith("Ваш платёж обработан"))


def test_kinds_of_stored_cards_by_the_npm_client(gateway: Gateway, npm: NpmClient) -> None:
    client, common = new_stored_card(gateway)
    order_id = new_order(npm, client, recurringFrequency=7, recurringExpiry="20991231")
    pay(gateway, order_id)
    recurring = npm.call("get", order_id)["bindingInfo"]["bindingId"]
    for kind, expected in (("C", {common}), ("R", {recurring}), ("CR", {common, recurring})):
        assert set(ids_of(npm.call("getBindings", client, kind))) == expected


# ── gocream-pysberbank (Python) ───────────────────────────────────────────────────────────────────


@pytest.fixture
def pysberbank(gateway: Gateway) -> Any:
    address = f"{gateway.address}/payment/{{api_type}}/{{method}}"
    return SberbankClient(DEMO_API_LOGIN, DEMO_PASSWORD, url=address)


def test_order_with_a_cart_of_gocream_pysberbank(gateway: Gateway, pysberbank: Any) -> None:
    number = new_number()
    position = {"positionId": "1", "name": "Чай", "itemCode": "T-1", "itemAmount": 150000}
    cart = {"cartItems": {"items": [{**position, "quantity": {"value": 1, "measure": "шт"}}]}}
    order = pysberbank.register(
        number,
        150000,
        SHOP,
        clientId="c-7",
        jsonParams={"colour": "чёрный", "email": "payer@shop.example"},
        order_bundle=cart,
        tax_system=0,
        sessionTimeoutSecs=1200,
    )
    assert pysberbank.order_status(order["orderId"])["OrderStatus"] == 0
    pay(gateway, order["orderId"])
    paid = pysberbank.order_status_extended(orderNumber=number)
    assert (paid["orderStatus"], paid["amount"], paid["currency"]) == (2, 150000, "643")
    assert {"name": "colour", "value": "чёрный"} in paid["merchantOrderParams"]
    (returned,) = paid["orderBundle"]["cartItems"]["items"]
    assert returned["name"] == "Чай"
    assert pysberbank.refund(order["orderId"], 150000)["errorCode"] == "0"
    assert pysberbank.order_status(order["orderId"])["OrderStatus"] == 4


def test_reversal_and_refusals_of_gocream_pysberbank(gateway: Gateway, pysberbank: Any) -> None:
    number = new_number()
    order_id = pysberbank.register(number, 1000, SHOP)["orderId"]
    pay(gateway, order_id)
    assert pysberbank.reverse(order_id)["errorCode"] == "0"
    assert pysberbank.order_status_extended(order_id)["orderStatus"] == 3
    with pytest.raises(SberbankApiException, match="1: Заказ с таким номером уже обработан"):
        pysberbank.register(number, 1000, SHOP)
    with pytest.raises(SberbankApiException, match="6: Order not found"):
        pysberbank.order_status_extended(UNKNOWN, language="en")
    with pytest.raises(SberbankApiException, match="7: "):
        pysberbank.refund(order_id, 10)


def test_order_of_gocream_pysberbank_for_one_stored_card(
    gateway: Gateway, npm: NpmClient, pysberbank: Any
) -> None:
    client, binding = new_stored_card(gateway)
    order = pysberbank.register(new_number(), 1000, SHOP, clientId=client, bindingId=binding)
    npm.call("paymentOrderBinding", order["orderId"], binding, "192.0.2.7")
    assert pysberbank.order_status(order["orderId"])["bindingId"] == binding
    with pytest.raises(SberbankApiException, match="2: Связка не найдена"):
        pysberbank.register(new_number(), 1000, SHOP, clientId=client, bindingId=UNKNOWN)
    with pytest.raises(SberbankApiException, match="2: Связка не найдена"):
        pysberbank.register(new_number(), 1000, SHOP, clientId="another", bindingId=binding)


# ── sber-payments (Python) ────────────────────────────────────────────────────────────────────────


def test_two_stage_order_of_sber_payments(gateway: Gateway) -> None:
    """Its requests say that they are JSON, have no body, and carry everything in the query."""
    client = sber_payments.Client(token=DEMO_TOKEN)
    client.URL = f"{gateway.address}/payment/rest/"
    order = client.register_order_pre_auth(new_number(), 150000, SHOP, description="Чай")
    order_id = order["orderId"]
    assert client.deposit(order_id)["errorCode"] == "7"
    pay(gateway, order_id)
    held = client.get_order_status(order_id)
    assert (held["orderStatus"], held["orderDescription"]) == (1, "Чай")
    assert client.deposit(order_id, 100000)["errorCode"] == "0"
    assert client.refund(order_id, 40000)["errorCode"] == "0"
    sums = client.get_order_status(order_id)["paymentAmountInfo"]
    assert (sums["depositedAmount"], sums["refundedAmount"]) == (60000, 40000)
    other = client.register_order(new_number(), 100, SHOP)["orderId"]
    pay(gateway, other)
    assert client.reverse(other)["errorCode"] == "0"
    assert client.get_order_status(UNKNOWN)["errorCode"] == "6"


# ── btipay (Python) ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.filterwarnings("ignore:The `parse_obj` method is deprecated")
def test_order_of_btipay(gateway: Gateway) -> None:
    """Registered by GET, in another currency, with a customer and no cart; answers are typed."""
    client = BTIPayClient(f"{gateway.address}/", DEMO_API_LOGIN, DEMO_PASSWORD)
    customer = ("payer@shop.example", "40712345678", "Cluj", "Strada 1")
    number = new_number()
    order = client.register_payment(number, 1500, "Ceai", SHOP, *customer)
    assert order.formUrl.endswith(order.orderId)
    assert client.get_payment_status(order.orderId).orderStatus == 0
    pay(gateway, order.orderId)
    paid = client.get_payment_status(order.orderId)
    assert (paid.orderStatus, paid.amount, paid.currency) == (2, 1500, "946")
    assert (paid.orderNumber, paid.orderDescription, paid.ip) == (number, "Ceai", "127.0.0.1")
    assert paid.cardAuthInfo["maskedPan"] == "555555**5599"
    assert paid.authDateTime >= paid.date
    with pytest.raises(BTIPayException) as error:
        client.register_payment(number, 1500, "Ceai", SHOP, *customer)
    assert error.value.args[0]["errorCode"] == "1"


# ── sberbank-async-cryptography (Python) ──────────────────────────────────────────────────────────


@pytest.fixture
def signature_tools(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The modules of the library; `make clients` installs it in a folder of its own."""
    folder = PACKAGES.parents[1] / "clients"
    if not folder.is_dir():
        pytest.fail(f"{folder} is missing: run `make clients`")
    monkeypatch.syspath_prepend(str(folder))
    return importlib.import_module("sb_async_cryptography.sberbank_tools")


def test_signed_callback_is_checked_by_sberbank_async_cryptography(
    gateway: Gateway, signature_tools: Any, tmp_path: Path
) -> None:
    certificate = tmp_path / "certificate.pem"
    printed = gateway.run("merchant", "certificate", "test", "--new").out
    certificate.write_text(printed[printed.index("-----BEGIN CERT") :])
    key = signature_tools_key(certificate)
    with shop_site() as site:
        urls = f"callbacks.urls={site.url}/callback"
        changed = gateway.run("merchant", "set", "test", urls, "callbacks.checksum=asymmetric")
        assert changed.code == 0, changed.err
        order_id = gateway.register(orderNumber=new_number())["orderId"]
        pay(gateway, order_id)
        assert eventually(lambda: any(order_id in visit for visit in site.visits))
        gateway.run("merchant", "set", "test", "callbacks.urls=", "callbacks.checksum=symmetric")
    (visit,) = site.visits
    parameters = signature_tools.params_string_to_dict(urlsplit(visit).query)
    checksum = signature_tools.params_get_checksum(parameters)
    assert signature_tools.verify_signature(key, checksum, parameters)
    altered = {**parameters, "status": "0"}
    assert not signature_tools.verify_signature(key, checksum, altered)


def signature_tools_key(certificate: Path) -> Any:
    """The public key of a certificate, as the library reads it."""
    reader = importlib.import_module("sb_async_cryptography.signature")
    return reader.public_key_import_from_x509_certificate_file(str(certificate))
