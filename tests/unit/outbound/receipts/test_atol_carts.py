"""Every cart that is accepted for a shop at ATOL Online becomes a document there.

Source: fiscal.md §4, §14.
"""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.cart.checks import check_cart
from altyn.domain.cart.codes import PAYMENT_METHODS, PAYMENT_OBJECTS, TAX_TYPES
from altyn.domain.cart.document import Cart
from altyn.domain.cart.plain import is_plain
from altyn.domain.cart.provider_rules import objects_refused, rates_refused
from altyn.domain.receipt.content import line_of
from altyn.domain.receipt.settings import FfdVersion, FiscalProvider, FiscalSettings
from altyn.operations.cart_rules import rules_of
from altyn.operations.raw_refund import refuse_rate
from altyn.outbound.receipts.atol.codes import PAYMENT_OBJECT_WORDS, RATES
from altyn.outbound.receipts.atol.document import document_of
from tests.builders import a_merchant
from tests.unit.outbound.receipts.atol_receipts import ACCOUNT, a_receipt

ATOL = FiscalProvider.ATOL
AMOUNT = 15000


def position(**members: Any) -> dict[str, Any]:
    return {
        "positionId": "1",
        "name": "Чай",
        "itemCode": "T-1",
        "quantity": {"value": 3, "measure": "0"},
        "itemPrice": 5000,
        **members,
    }


def attribute(name: str, value: object) -> dict[str, Any]:
    return {"itemAttributes": {"attributes": [{"name": name, "value": value}]}}


def accepted(
    sent: dict[str, Any], fiscal: FiscalSettings, receipt: dict[str, str] | None = None
) -> bool:
    """Whether the cart is registered; if it is, its document is made, and a quick check agrees."""
    cart = Cart.of({"cartItems": {"items": [sent]}})
    rules = rules_of(a_merchant(fiscal=fiscal), currency="643", receipt=receipt or {})
    read, faults = check_cart(cart.document, rules, amount_minor=AMOUNT)
    if faults:
        assert not is_plain(cart, rules, amount_minor=AMOUNT)
        return False
    lines = tuple(line_of(each, fiscal) for each in read.positions)
    made = a_receipt(lines=lines, ffd=fiscal.ffd, ofd_params={**read.receipt, **(receipt or {})})
    document = document_of(made, ACCOUNT, external_id="id-1", result_address=None)
    json.dumps(document, default=str)
    return True


def test_refused_codes_are_those_that_the_provider_has_no_word_for() -> None:
    for ffd in FfdVersion:
        assert rates_refused(ATOL, ffd) == TAX_TYPES.keys() - RATES[ffd].keys()
    words = PAYMENT_OBJECT_WORDS.keys()
    assert objects_refused(ATOL, FfdVersion.V1_05) == PAYMENT_OBJECTS.keys() - words
    assert not objects_refused(ATOL, FfdVersion.V1_2)
    assert not rates_refused(FiscalProvider.SIMULATED, FfdVersion.V1_2)


@pytest.mark.parametrize(
    ("ffd", "members", "path", "remedy"),
    [
        ("1.05", {"tax": {"taxType": 8}}, "tax.taxType", "send a rate that is in force"),
        ("1.2", {"tax": {"taxType": 9}}, "tax.taxType", "send a rate that is in force"),
        ("1.2", {"tax": {"taxType": 3}}, "tax.taxType", "send a rate that is in force"),
        ("1.05", attribute("paymentObject", "27"), "itemAttributes.paymentObject", "1.2"),
    ],
)
def test_fault_names_path_value_and_remedy(
    ffd: str, members: dict[str, Any], path: str, remedy: str
) -> None:
    fiscal = FiscalSettings(provider=ATOL, ffd=FfdVersion(ffd))
    legacy = {"use_legacy_vat": "true"}
    rules = rules_of(a_merchant(fiscal=fiscal), currency="643", receipt=legacy)
    cart = {"cartItems": {"items": [position(**members)]}}
    _, (fault,) = check_cart(cart, rules, amount_minor=AMOUNT)
    assert fault.path == f"cartItems.items[0].{path}"
    assert fault.value in {"8", "9", "3", "27"}
    assert (remedy in fault.rule, fault.section) == (True, "14")


def test_setting_that_fills_a_position_is_named() -> None:
    fiscal = FiscalSettings(provider=ATOL, tax_type=8, payment_object=27)
    rules = rules_of(a_merchant(fiscal=fiscal), currency="643", receipt={})
    cart = {"cartItems": {"items": [position()]}}
    _, faults = check_cart(cart, rules, amount_minor=AMOUNT)
    assert [("fiscal.tax_type" in f.rule, "fiscal.payment_object" in f.rule) for f in faults] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("provider", "ffd", "rate", "refused"),
    [
        (ATOL, FfdVersion.V1_05, 8, True),
        (ATOL, FfdVersion.V1_2, 3, True),
        (ATOL, FfdVersion.V1_05, 3, False),
        (FiscalProvider.SIMULATED, FfdVersion.V1_2, 8, False),
        (ATOL, FfdVersion.V1_2, None, False),
    ],
)
def test_line_of_a_refund_by_sum_has_a_rate_of_the_provider(
    provider: FiscalProvider, ffd: FfdVersion, rate: int | None, *, refused: bool
) -> None:
    merchant = a_merchant(fiscal=FiscalSettings(provider=provider, ffd=ffd))
    found = refuse_rate(rate, merchant)
    assert (found is not None) is refused
    assert found is None or found.parameter == "tax_type"


def test_every_pair_of_codes_is_refused_or_becomes_a_document() -> None:
    for ffd, rate, method, subject in product(
        FfdVersion, TAX_TYPES, PAYMENT_METHODS, PAYMENT_OBJECTS
    ):
        attributes = [
            {"name": "paymentMethod", "value": str(method)},
            {"name": "paymentObject", "value": str(subject)},
        ]
        sent = position(tax={"taxType": rate}, itemAttributes={"attributes": attributes})
        legacy = {"use_legacy_vat": "true"}
        expected = rate not in rates_refused(ATOL, ffd) and (
            subject not in objects_refused(ATOL, ffd)
        )
        fiscal = FiscalSettings(provider=ATOL, ffd=ffd)
        assert accepted(sent, fiscal, legacy) is expected


TEXT = st.text(max_size=24)
PHONES = st.one_of(TEXT, st.lists(TEXT, max_size=3))
ATTRIBUTES = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(
                ["nomenclature", "userData", "excise", "countryCode", "agent_info.type"]
            ),
            st.one_of(TEXT, st.integers(0, 99).map(str)),
        ),
        st.tuples(st.sampled_from(["agent_info.paying.phones", "supplier_info.phones"]), PHONES),
        st.tuples(
            st.sampled_from(["markQuantity", "markCode", "sectoralItemProps", "agent_info"]),
            st.dictionaries(
                st.sampled_from(["numerator", "denominator", "gs1m", "type", "paying", "number"]),
                st.one_of(TEXT, st.integers(0, 9)),
            ),
        ),
        st.tuples(TEXT, TEXT),
    ),
    max_size=4,
)


@given(
    attributes=ATTRIBUTES,
    name=st.text(min_size=1, max_size=200),
    measure=st.sampled_from(["0", "шт.", "11", "255", "pcs", "?"]),
    rate=st.sampled_from(sorted(TAX_TYPES)),
    subject=st.sampled_from(sorted(PAYMENT_OBJECTS)),
    fiscal=st.builds(
        FiscalSettings,
        provider=st.just(ATOL),
        ffd=st.sampled_from(FfdVersion),
        tax_type=st.sampled_from(sorted(TAX_TYPES)),
        payment_object=st.sampled_from(sorted(PAYMENT_OBJECTS)),
    ),
)
def test_accepted_cart_becomes_a_document(
    attributes: list[tuple[str, object]],
    name: str,
    measure: str,
    rate: int,
    subject: int,
    fiscal: FiscalSettings,
) -> None:
    listed = [("paymentObject", str(subject)), *attributes]
    named = [{"name": name, "value": value} for name, value in listed]
    accepted(
        position(
            name=name,
            quantity={"value": 3, "measure": measure},
            tax={"taxType": rate},
            itemAttributes={"attributes": named},
        ),
        fiscal,
    )
