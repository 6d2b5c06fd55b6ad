"""The page of the faults of a cart: an example of each, what the gateway says, and what to do.

The gateway's own rules are asked when the page is printed, so its sentences are true.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from altyn.domain.cart.checks import check_cart
from altyn.domain.cart.faults import CartFault, FaultKind
from altyn.domain.cart.parts import read_parts
from altyn.domain.cart.reading import read_bundle
from altyn.domain.cart.receipt_params import read_receipt_params
from altyn.domain.cart.rules import CartRules
from altyn.domain.receipt.settings import FfdVersion, FiscalProvider
from altyn.domain.refusals import Refusal
from altyn.protocol.dialects.classic.shared_rows import CART_REFUSALS
from docs.printing.markdown import code, page, section, table
from docs.printing.sections import linked

AMOUNT: Final = 20_000
TEA: Final[Mapping[str, Any]] = {
    "positionId": "1",
    "name": "Чай",
    "itemCode": "T-1",
    "quantity": {"value": 2, "measure": "шт."},
    "itemPrice": 10_000,
    "itemAmount": 20_000,
}
MARK: Final = "44 4D 03 D1"
_ANY: Final = CartRules(currency="643")
_FFD_105: Final = CartRules(currency="643", ffd=FfdVersion.V1_05)
_ATOL: Final = CartRules(currency="643", ffd=FfdVersion.V1_05, provider=FiscalProvider.ATOL)
_FFD_12: Final = CartRules(currency="643", ffd=FfdVersion.V1_2)
_STRICT: Final = CartRules(currency="643", strict_payer_identity=True)
VALUE_SHOWN: Final = 24  # characters
MISSING: Final = "…"


@dataclass(frozen=True, slots=True)
class Example:
    """A mistake: members of a position or of the cart, and what to do about them.

    A member `…` is missing.
    """

    advice: str
    position: Mapping[str, Any] = field(default_factory=dict)
    bundle: Mapping[str, Any] = field(default_factory=dict)
    rules: CartRules = _ANY
    amount: int = AMOUNT

    @property
    def sent(self) -> str:
        """The members that make the mistake, as JSON."""
        if self.amount != AMOUNT:
            return code(f"amount={self.amount}")
        members = _shortened({**self.position, **self.bundle})
        text = json.dumps(members, ensure_ascii=False)[1:-1]
        return code(text.replace(f'"{MISSING}"', "missing"))

    def faults(self) -> Sequence[CartFault]:
        """What the gateway finds."""
        item = {**TEA, **self.position}
        items = [{name: value for name, value in item.items() if value != MISSING}]
        document = {"cartItems": {"items": items}, **self.bundle}
        document = {name: value for name, value in document.items() if value != MISSING}
        return check_cart(document, self.rules, amount_minor=self.amount)[1]


def _shortened(value: Any) -> Any:
    if isinstance(value, str) and len(value) > VALUE_SHOWN:
        return f"{value[:VALUE_SHOWN]}…"
    if isinstance(value, dict):
        return {name: _shortened(each) for name, each in value.items()}
    return [_shortened(each) for each in value] if isinstance(value, list) else value


def _attributes(*pairs: tuple[str, object]) -> dict[str, Any]:
    listed = [{"name": name, "value": value} for name, value in pairs]
    return {"itemAttributes": {"attributes": listed}}


def _count(value: object, measure: object = "шт.") -> dict[str, Any]:
    return {"quantity": {"value": value, "measure": measure}}


_AGENT: Final = ("agent_info.type", "6")
_FRACTION: Final = ("markQuantity", {"numerator": 1, "denominator": 2})
_PIECE: Final = {**_count(1, "0"), "itemPrice": AMOUNT}
_TRU: Final = {"itemDetails": {"itemDetailsParams": [{"name": "fes_truCode", "value": "32992"}]}}

GROUPS: Final[Mapping[str, tuple[Example, ...]]] = {
    "Mandatory fields": (
        Example("Send the positions in `cartItems.items`.", bundle={"cartItems": MISSING}),
        Example("Send one position at least.", bundle={"cartItems": {"items": []}}),
        Example("Number the positions of the cart.", {"positionId": MISSING}),
        Example("Send the name that the receipt shows.", {"name": ""}),
        Example("Send the shop's article.", {"itemCode": MISSING}),
        Example("Send `quantity` with `value` and `measure`.", {"quantity": {"value": 2}}),
        Example(
            "Send the price of one unit, or the amount of the position, or both.",
            {"itemPrice": MISSING, "itemAmount": MISSING},
        ),
    ),
    "Sums, quantities, currency": (
        Example(
            "Round price × quantity half up to a whole kopeck, or leave itemAmount out.",
            {"itemAmount": 19_999},
        ),
        Example("Send kopecks as a whole number: 10000 is 100 roubles.", {"itemPrice": 100.5}),
        Example("Give a discount in the price: no amount is negative.", {"itemAmount": -1}),
        Example(
            "Make the positions add up to `amount`; delivery is a position, too.", amount=25_000
        ),
        Example("Leave out positions without a quantity.", _count(0)),
        Example("Round the quantity to three decimals.", _count("1.0005", "кг")),
        Example("Leave itemCurrency out: the order's is used.", {"itemCurrency": 840}),
        Example("Send three digits of ISO 4217.", {"itemCurrency": "RUB"}),
    ),
    "Forms and lengths": (
        Example("Send an object; in a form field, its JSON text.", bundle={"cartItems": "[]"}),
        Example("Send a list of positions.", bundle={"cartItems": {"items": "none"}}),
        Example("Give each position a number of its own.",
                bundle={"cartItems": {"items": [dict(TEA), {**TEA, "name": "Кофе"}]}}),
        Example("Shorten the name.", {"name": "Ч" * 256}),
        Example("Take control characters out of the texts.", {"name": "Чай\x00"}),
        Example("Send one of the forms.", bundle={"orderCreationDate": "26.11.2026"}),
        Example(
            "Send the phone with its country code, without brackets and blanks.",
            bundle={"customerDetails": {"phone": "8 (999) 888-77-66"}},
        ),
        Example("Send 10 or 12 digits.", bundle={"customerDetails": {"inn": "123"}}),
        Example(
            "Send the code of ISO 3166-1.",
            bundle={"customerDetails": {"deliveryInfo": {
                "country": "RUS", "city": "Москва", "postAddress": "Тверская, 1"}}},
        ),
        Example(
            "Send a list of names and values.", {"itemAttributes": {"paymentMethod": 1}}
        ),
        Example("Send both members.", {"discount": {"discountType": "percent"}}),
    ),
    "Codes": (
        Example("Take the code of the rate from the list, not its per cent.",
                {"tax": {"taxType": 22}}),
        Example(
            "Send a rate of today; for a sale of 2018, `use_legacy_vat` with it.",
            {"tax": {"taxType": 3}},
        ),
        Example("Take a code of the list.", _attributes(("paymentMethod", "full_payment"))),
        Example("Take a code of the list.", _attributes(("paymentObject", 28))),
    ),
    "Agents and suppliers": (
        Example("Send the supplier: its phones, name or INN.", _attributes(_AGENT)),
        Example(
            "Send `agent_info.type`, too.",
            _attributes(("agent_info.paying.operation", "перевод"), ("supplier_info.name", "ООО")),
        ),
        Example(
            "Take a code of the list.",
            _attributes(("agent_info.type", "9"), ("supplier_info.name", "ООО")),
        ),
    ),
    "FFD 1.05": (
        Example(
            "Send other objects, or have the setting `fiscal.ffd` changed to 1.2.",
            _attributes(("paymentObject", 33)), rules=_FFD_105,
        ),
        Example("Send the bytes of the code as hexadecimal pairs with blanks.",
                _attributes(("nomenclature", "0104600439931256")), rules=_FFD_105),
        Example("Sell whole pieces, or have the setting `fiscal.ffd` changed to 1.2.",
                {**_PIECE, **_attributes(("nomenclature", MARK), _FRACTION)}, rules=_FFD_105),
    ),
    "ATOL Online": (
        Example("Send a rate that is in force, or have the setting `fiscal.tax_type` changed.",
                {"tax": {"taxType": 8}}, rules=_ATOL),
        Example(
            "Send another object, or have the setting `fiscal.ffd` changed to 1.2.",
            _attributes(("paymentObject", 27)), rules=_ATOL,
        ),
    ),
    "FFD 1.2 and marked goods": (
        Example("Send the code of the measure.", _count(2), rules=_FFD_12),
        Example("Send the mark code, too.", {**_PIECE, **_attributes(_FRACTION)}, rules=_FFD_12),
        Example(
            "Sell parts of a piece one by one: quantity 1, measure 0.",
            {**_count(2, "0"), **_attributes(("nomenclature", MARK), _FRACTION)}, rules=_FFD_12,
        ),
        Example(
            "Sell parts of a piece one by one: quantity 1, measure 0.",
            {**_count(1, "11"), "itemPrice": AMOUNT,
             **_attributes(("nomenclature", MARK), _FRACTION)}, rules=_FFD_12,
        ),
        Example(
            "Send a part that is less than the whole.",
            {**_PIECE, **_attributes(("nomenclature", MARK),
                                     ("markQuantity", {"numerator": 3, "denominator": 2}))},
            rules=_FFD_12,
        ),
        Example("Send at most 32 bytes.",
                {**_count(2, "0"), **_attributes(("nomenclature", " ".join(["4D"] * 33)))},
                rules=_FFD_12),
    ),
    "Payers, credit, electronic certificate": (
        Example(
            "Send the INN, or the three of the document; or send no name "
            "(setting `fiscal.strict_payer_identity`).",
            bundle={"customerDetails": {"fullName": "Иван Петров"}}, rules=_STRICT,
        ),
        Example(
            "Send all three for each position.",
            bundle={"installments": {"productType": "CREDIT", "productID": "10"}},
        ),
        Example(
            "Take a word of the list, and send the product's number.",
            {"itemCurrency": 643, "itemDetails": {}},
            bundle={"installments": {"productType": "LOAN"}},
        ),
        Example("Send the whole TRU code.", _TRU),
    ),
}  # fmt: skip

# Values of additionalOfdParams, and what to do.
PARAMETERS: Final[tuple[tuple[Mapping[str, object], str], ...]] = (
    ({"cashier_inn": "123"}, "Send 10 or 12 digits."),
    ({"client.birth_date": "1990-04-24"}, "Send dd.mm.yyyy."),
    ({"additional_check_props": "x" * 17}, "Shorten the text."),
    ({"use_legacy_vat": "yes"}, "Send true or false."),
    (
        {"client.email": "a@shop.example", "client.phone": "+79998887766"},
        "Send one of the two.",
    ),
)

# Positions of a refund of an order that has two pieces of tea, and what to do.
PARTS: Final[tuple[tuple[Any, int, str], ...]] = (
    ("none", 10_000, 'Send a list of positions, or `{"items": […]}`.'),
    ([{"positionId": "9", "quantity": {"value": 1}}], 10_000, "Send positions of the order."),
    (
        [{"positionId": "1", "name": "Кофе", "quantity": {"value": 1}}],
        10_000,
        "Send the name of the order, or none.",
    ),
    ([{"positionId": "1", "quantity": {"value": 3}}], 20_000, "Send what is left at most."),
    (
        [{"positionId": "1", "quantity": {"value": 1}, "itemAmount": 20_001}],
        20_001,
        "Send what is left at most.",
    ),
    ([{"positionId": "1", "quantity": {"value": 1}}], 9_999, "Send the sum of the positions."),
    (
        [{"positionId": "1", "quantity": {"value": 1}}] * 2,
        20_000,
        "Send each position once.",
    ),
)
_COLUMNS: Final = ("Sent", "The gateway says", "What to do")
_INTRODUCTION: Final = (
    "The wire has code 8 and one of the texts below; all faults are found at once. Each of them is "
    "named, with its place, its value and the rule, in the header `X-Altyn-Rule` of the sandbox "
    "(the first five, with their number), in the log line of the call, by `altyn cart check FILE`, "
    "and in the member `cartFaults` of the answer for merchants with the setting "
    "[`cart_faults_in_answer`](merchant-settings.md). SOAP answers have no such member: its types "
    "have no place for it. Where several kinds are found, the first of this table is answered."
)
_EXAMPLE: Final = (
    'The examples are changes of one cart, of an order of 20000 kopecks: `{"cartItems": '
    '{"items": [{"positionId": "1", "name": "Чай", "itemCode": "T-1", "quantity": '
    '{"value": 2, "measure": "шт."}, "itemPrice": 10000, "itemAmount": 20000}]}}`.'
)


def cart_refusals_page() -> str:
    """Why a cart is refused."""
    kinds = (
        (code(kind.value), CART_REFUSALS[Refusal(kind.value)].ru,
         CART_REFUSALS[Refusal(kind.value)].en)
        for kind in FaultKind
    )  # fmt: skip
    return page(
        "Why was my cart refused?",
        _INTRODUCTION,
        table(("Kind", "Text", "In English"), kinds),
        _EXAMPLE,
        *(
            section(title, table(_COLUMNS, (_row(each.sent, each.faults(), each.advice)
                                            for each in examples)))
            for title, examples in GROUPS.items()
        ),
        section(
            "Parameters of the whole receipt",
            "`additionalOfdParams` is refused with code 5 and its own name. Keys that are not "
            "known are ignored, and named in the header and in the log.",
            table(_COLUMNS, (
                _row(code(json.dumps(sent, ensure_ascii=False)), read_receipt_params(sent)[1],
                     advice)
                for sent, advice in PARAMETERS
            )),
        ),
        section(
            "Deposits and refunds",
            "`depositItems` and `refundItems` are compared with what is left of the order's "
            "positions.",
            table(_COLUMNS, (_part_row(*each) for each in PARTS)),
        ),
    )  # fmt: skip


def _row(sent: str, faults: Sequence[CartFault], advice: str) -> tuple[str, str, str]:
    assert faults, f"{sent} is not refused"
    sentences = (f"{_plain(each.text)} ({_cited(each.section)})" for each in faults)
    return sent, "\n".join(sentences), advice


def _part_row(items: Any, amount: int, advice: str) -> tuple[str, str, str]:
    sent = code(json.dumps(items, ensure_ascii=False))
    return _row(sent, _faults_of(items, amount), advice)


def _faults_of(items: Any, amount: int) -> Sequence[CartFault]:
    left = read_bundle({"cartItems": {"items": [TEA]}})[0].positions
    return read_parts(items, left, amount_minor=amount, name="refundItems")[1]


def _cited(rule_section: str) -> str:
    number, _, more = rule_section.partition(" ")
    return f"{linked(f'fiscal.md §{number}')} {more}".strip()


def _plain(text: str) -> str:
    """The sentence; Markdown would read angle brackets and stars."""
    return text.replace("<", "&lt;").replace("*", "\\*")


def faults_of_the_page() -> list[CartFault]:
    """Every fault that the page shows."""
    shown = [fault for group in GROUPS.values() for each in group for fault in each.faults()]
    shown += [fault for sent, _ in PARAMETERS for fault in read_receipt_params(sent)[1]]
    return shown + [fault for items, amount, _ in PARTS for fault in _faults_of(items, amount)]
