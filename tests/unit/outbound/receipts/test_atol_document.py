"""A receipt as a document of ATOL Online: every code has its word, and every sum its kopecks.

Source: fiscal.md §4 to §6, §14.
"""

import base64
import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.cart.codes import (
    AGENT_TYPES,
    MEASURES,
    ONLY_FFD_12,
    PAYMENT_METHODS,
    PAYMENT_OBJECTS,
    TAX_SYSTEMS,
    TAX_TYPES,
)
from altyn.domain.cart.numbers import product_minor
from altyn.domain.cart.values import Quantity
from altyn.domain.receipt.settings import FfdVersion
from altyn.domain.receipt.values import Receipt, ReceiptKind
from altyn.outbound.receipts.atol.account import UnfitError
from altyn.outbound.receipts.atol.document import document_of, operation_of
from tests.atol_server import check
from tests.unit.outbound.receipts.atol_receipts import ACCOUNT, a_line, a_receipt

V4, V5 = FfdVersion.V1_05, FfdVersion.V1_2
WORDS = {0: "none", 1: "vat0", 2: "vat10", 4: "vat110", 6: "vat20", 7: "vat120", 10: "vat5",
         11: "vat105", 12: "vat7", 13: "vat107", 14: "vat22", 15: "vat122"}  # fmt: skip


def sent(receipt: Receipt) -> dict[str, Any]:
    """The document as it arrives; the stand-in finds it valid."""
    document = document_of(receipt, ACCOUNT, external_id="id-1", result_address=None)
    body = msgspec.json.Encoder(decimal_format="number").encode(document)
    members: dict[str, Any] = json.loads(body, parse_float=Decimal)
    check(members, "v4" if receipt.content.ffd is V4 else "v5")
    return members


def item(**line: Any) -> dict[str, Any]:
    ffd = line.pop("ffd", V5)
    content = line.pop("content", {})
    (only,) = sent(a_receipt(a_line(**line), ffd=ffd, **content))["receipt"]["items"]
    members: dict[str, Any] = only
    return members


def test_receipt_has_the_members_of_the_protocol() -> None:
    document = sent(a_receipt())
    assert document == {
        "timestamp": "01.03.2026 12:30:00",
        "external_id": "id-1",
        "receipt": {
            "client": {"email": "payer@shop.example"},
            "company": {
                "email": "shop@shop.example",
                "sno": "osn",
                "inn": "7700000007",
                "payment_address": "https://shop.example",
            },
            "items": [
                {
                    "name": "Чай",
                    "price": Decimal("33.34"),
                    "quantity": Decimal("6.000"),
                    "sum": Decimal("200.04"),
                    "measure": 0,
                    "payment_method": "full_prepayment",
                    "payment_object": 1,
                    "vat": {"type": "vat20", "sum": Decimal("33.34")},
                }
            ],
            "payments": [{"type": 1, "sum": Decimal("200.04")}],
            "vats": [{"type": "vat20", "sum": Decimal("33.34")}],
            "total": Decimal("200.04"),
        },
    }


@pytest.mark.parametrize("ffd", FfdVersion)
@pytest.mark.parametrize("tax_type", WORDS)
def test_every_rate_has_its_word(tax_type: int, ffd: FfdVersion) -> None:
    vat = item(tax_type=tax_type, ffd=ffd)["vat"]
    assert vat["type"] == WORDS[tax_type]
    assert vat["sum"] * 100 == TAX_TYPES[tax_type].vat_minor(20004)


@pytest.mark.parametrize(
    ("tax_type", "ffd", "word"),
    [(3, V4, "vat18"), (5, V4, "vat118"), (3, V5, None), (8, V4, None), (9, V5, None)],
)
def test_old_and_foreign_rates(tax_type: int, ffd: FfdVersion, word: str | None) -> None:
    if word is None:
        with pytest.raises(UnfitError, match=f"no VAT rate for taxType {tax_type}"):
            item(tax_type=tax_type, ffd=ffd)
    else:
        assert item(tax_type=tax_type, ffd=ffd)["vat"]["type"] == word


def test_every_rate_is_either_sent_or_refused() -> None:
    assert TAX_TYPES.keys() == WORDS.keys() | {3, 5, 8, 9}


@pytest.mark.parametrize("method", PAYMENT_METHODS)
def test_every_payment_method_has_its_word(method: int) -> None:
    words = ["full_prepayment", "prepayment", "advance", "full_payment", "partial_payment",
             "credit", "credit_payment"]  # fmt: skip
    assert item(payment_method=method)["payment_method"] == words[method - 1]


@pytest.mark.parametrize("code", PAYMENT_OBJECTS)
def test_every_payment_object_is_a_number_in_v5_and_a_word_in_v4(code: int) -> None:
    assert item(payment_object=code)["payment_object"] == code
    if code in ONLY_FFD_12 or code == 27:
        with pytest.raises(UnfitError, match=r"fiscal\.ffd=1\.2"):
            item(payment_object=code, ffd=V4)
    else:
        assert isinstance(item(payment_object=code, ffd=V4)["payment_object"], str)


def test_some_words_of_payment_objects() -> None:
    words = {1: "commodity", 4: "service", 13: "another", 15: "non-operating_gain",
             26: "casino_payment"}  # fmt: skip
    for code, word in words.items():
        assert item(payment_object=code, ffd=V4)["payment_object"] == word


@pytest.mark.parametrize("code", TAX_SYSTEMS)
def test_every_tax_system_has_its_word(code: int) -> None:
    words = ["osn", "usn_income", "usn_income_outcome", "envd", "esn", "patent"]
    assert sent(a_receipt(tax_system=code))["receipt"]["company"]["sno"] == words[code]


@pytest.mark.parametrize(
    ("measure", "v5", "v4"),
    [
        ("шт.", 0, "шт."),
        ("кг", 11, "кг"),
        ("КГ", 11, "КГ"),
        ("11", 11, "кг"),
        ("0", 0, "шт."),
        ("pcs", 0, "pcs"),
        ("коробка большая и красивая", 255, "коробка большая "),
    ],
)
def test_measures(measure: str, v5: int, v4: str) -> None:
    assert item(quantity=Quantity(6000, measure))["measure"] == v5
    assert item(quantity=Quantity(6000, measure), ffd=V4)["measurement_unit"] == v4


def test_every_measure_code_is_sent_as_it_is() -> None:
    for code in MEASURES:
        assert item(quantity=Quantity(6000, str(code)))["measure"] == code


NESTED = {
    "agent_info": {
        "type": 1,
        "paying": {"operation": "Платёж", "phones": ["+79990000001"]},
        "paymentsOperator": {"phones": ["79990000002"]},
        "MTOperator": {
            "phones": ["+7 (999) 000-00-03"],
            "name": "Оператор",
            "address": "Москва",
            "inn": "7700000008",
        },
    },
    "supplier_info": {"phones": ["+79990000004"], "name": "Поставщик", "inn": "7700000009"},
}
FLAT: dict[str, Any] = {
    "agent_info.type": 1,
    "agent_info.paying.operation": "Платёж",
    "agent_info.paying.phones": ["+79990000001"],
    "agent_info.paymentsOperator.phones": ["79990000002"],
    "agent_info.MTOperator.phones": ["+79990000003"],
    "agent_info.MTOperator.name": "Оператор",
    "agent_info.MTOperator.address": "Москва",
    "agent_info.MTOperator.inn": "7700000008",
    "supplier_info.phones": ["+79990000004"],
    "supplier_info.name": "Поставщик",
    "supplier_info.inn": "7700000009",
}
OF_THE_RECEIPT = {
    name: value[0] if isinstance(value, list) else str(value) for name, value in FLAT.items()
}


@pytest.mark.parametrize("ffd", FfdVersion)
@pytest.mark.parametrize(
    "line",
    [
        {"attributes": NESTED},
        {"attributes": FLAT},
        {"content": {"ofd_params": OF_THE_RECEIPT}},
        {
            "attributes": NESTED,
            "content": {"ofd_params": {**OF_THE_RECEIPT, "agent_info.type": "7"}},
        },
    ],
    ids=["nested", "flat", "of the receipt", "the line wins"],
)
def test_agent_and_supplier(line: dict[str, Any], ffd: FfdVersion) -> None:
    members = item(**line, ffd=ffd)
    assert members["agent_info"] == {
        "type": "bank_paying_agent",
        "paying_agent": {"operation": "Платёж", "phones": ["+79990000001"]},
        "receive_payments_operator": {"phones": ["+79990000002"]},
        "money_transfer_operator": {
            "phones": ["+79990000003"],
            "name": "Оператор",
            "address": "Москва",
            "inn": "7700000008",
        },
    }
    assert members["supplier_info"] == {
        "phones": ["+79990000004"],
        "name": "Поставщик",
        "inn": "7700000009",
    }


@pytest.mark.parametrize("kind", AGENT_TYPES)
def test_every_agent_type_has_its_word(kind: int) -> None:
    words = ["bank_paying_agent", "bank_paying_subagent", "paying_agent", "paying_subagent",
             "attorney", "commission_agent", "another"]  # fmt: skip
    attributes = {"agent_info.type": kind, "supplier_info.phones": "+79990000004"}
    assert item(attributes=attributes)["agent_info"] == {"type": words[kind - 1]}


GS1 = "010460780959150821sSBmxTYIFT(eq\x1d91FFD0\x1d92testtest"


@pytest.mark.parametrize(
    ("nomenclature", "code"),
    [
        (GS1, {"gs1m": base64.b64encode(GS1.encode()).decode()}),
        ("46198488", {"ean8": "46198488"}),
        ("4606203090785", {"ean13": "4606203090785"}),
        ("14606203090782", {"itf14": "14606203090782"}),
        ("RU-401301-AAA0277031", {"fur": "RU-401301-AAA0277031"}),
        ("00000046210654uCCqnqtAAAAmpIb", {"short": "00000046210654uCCqnqtAAAAmpIb"}),
        ("34 36 31 39 38 34 38 38", {"ean8": "46198488"}),
    ],
)
def test_marks_of_v5_have_their_kind(nomenclature: str, code: dict[str, str]) -> None:
    members = item(attributes={"nomenclature": nomenclature}, payment_object=33)
    assert members["mark_code"] == code
    assert members["mark_processing_mode"] == "0"


def test_marks_of_v4_and_marks_that_the_shop_names() -> None:
    code = "44 4D 00 00 4F 4E"
    assert item(attributes={"nomenclature": code}, ffd=V4)["nomenclature_code"] == code
    named = {"markCode": {"gs10": "0104607809591508", "else": "x"}}
    assert item(attributes=named)["mark_code"] == {"gs10": "0104607809591508"}


def test_part_of_a_marked_product_and_further_attributes() -> None:
    members = item(
        price_minor=20004,
        quantity=Quantity(1000, "0"),
        attributes={
            "nomenclature": GS1,
            "markQuantity": {"numerator": "1", "denominator": 2},
            "userData": "data",
            "excise": "1.50",
            "countryCode": 643,
            "declarationNumber": "10702020/060520/0013422",
            "sectoralItemProps": {
                "federalId": "030", "date": "21.11.2023", "number": "1944", "value": "a=1"
            },
        },
    )  # fmt: skip
    assert members["mark_quantity"] == {"numerator": 1, "denominator": 2}
    assert members["user_data"] == "data"
    assert members["excise"] == Decimal("1.50")
    assert members["country_code"] == "643"
    assert members["declaration_number"] == "10702020/060520/0013422"
    assert members["sectoral_item_props"] == [
        {"federal_id": "030", "date": "21.11.2023", "number": "1944", "value": "a=1"}
    ]


def test_parameters_of_the_whole_receipt() -> None:
    params = {
        "client.name": "Иван Петров",
        "client.inn": "770000000012",
        "client.birth_date": "01.02.1990",
        "client.citizenship": "643",
        "client.document_code": "21",
        "client.passport_number": "4507 443564",
        "client.address": "Москва",
        "company.payment_address": "https://other.example",
        "company.automat_number": "A-1",
        "cashier": "Кассир",
        "cashier_inn": "770000000013",
        "additional_check_props": "props",
        "additional_user_props.name": "n",
        "additional_user_props.value": "v",
        "operatingcheckprops.name": "0",
        "operatingcheckprops.value": "data",
        "operatingcheckprops.timestamp": "12.10.2020 17:20:55",
        "sectoralcheckprops.federalid": "001",
        "sectoralcheckprops.date": "12.05.2020",
        "sectoralcheckprops.number": "123/43",
        "sectoralcheckprops.value": "a=1",
    }
    receipt = sent(a_receipt(ofd_params=params))["receipt"]
    assert receipt["client"] == {
        "email": "payer@shop.example",
        "name": "Иван Петров",
        "inn": "770000000012",
        "birthdate": "01.02.1990",
        "citizenship": "643",
        "document_code": "21",
        "document_data": "4507 443564",
        "address": "Москва",
    }
    assert receipt["company"]["payment_address"] == "https://other.example"
    assert (receipt["cashier"], receipt["cashier_inn"]) == ("Кассир", "770000000013")
    assert receipt["device_number"] == "A-1"
    assert receipt["additional_user_props"] == {"name": "n", "value": "v"}
    assert receipt["operating_check_props"] == {
        "name": "0",
        "value": "data",
        "timestamp": "12.10.2020 17:20:55",
    }
    assert receipt["sectoral_check_props"] == [
        {"federal_id": "001", "date": "12.05.2020", "number": "123/43", "value": "a=1"}
    ]
    old = sent(a_receipt(ofd_params=params, ffd=V4))["receipt"]
    assert old["client"].keys() == {"email", "name", "inn"}
    assert not old.keys() & {"operating_check_props", "sectoral_check_props", "cashier_inn"}


@pytest.mark.parametrize(
    ("kind", "operation", "payment"),
    [
        (ReceiptKind.PAYMENT, "sell", 1),
        (ReceiptKind.REFUND, "sell_refund", 1),
        (ReceiptKind.CLOSING, "sell", 2),
    ],
)
def test_kind_decides_the_operation_and_the_way_of_payment(
    kind: ReceiptKind, operation: str, payment: int
) -> None:
    assert operation_of(kind) == operation
    assert sent(a_receipt(kind=kind))["receipt"]["payments"][0]["type"] == payment


@pytest.mark.parametrize(
    ("content", "client"),
    [
        ({"email": "a@shop.example,b@shop.example"}, {"email": "a@shop.example"}),
        ({"email": None, "phone": "79990000001"}, {"phone": "+79990000001"}),
        ({"email": None, "phone": "8 (916) 000-00-01"}, {"phone": "+79160000001"}),
        ({"email": None, "phone": "9160000001"}, {"phone": "+79160000001"}),
        ({"email": None, "phone": "+44 20 7946 0000"}, {"phone": "+442079460000"}),
        ({"ofd_params": {"client.email": "c@shop.example"}}, {"email": "payer@shop.example"}),
    ],
)
def test_where_the_receipt_goes(content: dict[str, Any], client: dict[str, str]) -> None:
    assert sent(a_receipt(**content))["receipt"]["client"] == client


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"email": None}, "e-mail address and phone number are missing"),
        ({"email": "a" * 60 + "@shop.example"}, "longer than 64"),
        ({"currency": "978"}, "in roubles"),
    ],
)
def test_receipt_that_the_provider_cannot_take(content: dict[str, Any], problem: str) -> None:
    with pytest.raises(UnfitError, match=problem):
        sent(a_receipt(**content))


def test_phones_of_agents_and_suppliers_have_the_code_of_the_country() -> None:
    attributes = {
        "agent_info.type": 1,
        "agent_info.paying.phones": "89990000001,8 (800) 555-35-35",
        "supplier_info.phones": ["89990000004"],
    }
    made = item(attributes=attributes)
    phones = made["agent_info"]["paying_agent"]["phones"]
    assert phones == ["+79990000001", "+78005553535"]
    assert made["supplier_info"]["phones"] == ["+79990000004"]


def test_long_name_is_cut_as_the_format_demands() -> None:
    assert item(name="ч" * 200)["name"] == "ч" * 128


def test_address_for_the_result_is_sent() -> None:
    document = document_of(
        a_receipt(), ACCOUNT, external_id="id-1", result_address="https://pay.example/r"
    )
    assert document["service"] == {"callback_url": "https://pay.example/r"}


@given(
    st.lists(
        st.tuples(
            st.integers(1, 99_999_999),
            st.sampled_from([1, 333, 1000, 1500, 7000, 99_999_999]),
            st.sampled_from(sorted(WORDS)),
        ),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(FfdVersion),
)
def test_every_receipt_sums_to_the_kopeck(
    rows: list[tuple[int, int, int]], ffd: FfdVersion
) -> None:
    lines = [
        a_line(
            price_minor=price,
            quantity=Quantity(thousandths, "шт."),
            amount_minor=product_minor(price, thousandths),
            tax_type=tax_type,
        )
        for price, thousandths, tax_type in rows
    ]
    receipt = a_receipt(*lines, ffd=ffd)
    document = sent(receipt)["receipt"]
    assert document["total"] * 100 == receipt.content.amount_minor
    assert sum(each["sum"] for each in document["items"]) == document["total"]
