"""The fields of a cart, object by object. Source: fiscal.md §3, §5.

Fields that no row names are kept as sent and are not checked.
"""

import re
from typing import Final

from altyn.domain.cart.codes import AGENT_TYPES, PAYMENT_METHODS, PAYMENT_OBJECTS, TAX_TYPES
from altyn.domain.cart.dates import creation_date
from altyn.domain.cart.fields import (
    Field,
    a_list,
    amount,
    an_object,
    currency,
    inn,
    mark_code,
    must,
    nested,
    number,
    one_of,
    pattern,
    phone,
    quantity,
    text,
    texts,
    word_of,
)

# Two letters; some client libraries send the number.
_COUNTRY: Final = re.compile("[A-Za-z]{2}|[0-9]{1,3}")
_COUNT: Final = re.compile("[0-9]{1,12}")
TAX_TYPE: Final = one_of(TAX_TYPES, "taxType")
AGENT_TYPE: Final = one_of(AGENT_TYPES, "type of an agent")

BUNDLE: Final = (
    Field("orderCreationDate", creation_date, "3"),
    Field("customerDetails", an_object, "3.1"),
    Field("cartItems", an_object, "3"),
    Field("agent", an_object, "3"),
    Field("supplierPhones", texts(19), "3"),
    Field("loyalties", a_list, "3"),
    Field("installments", an_object, "3"),
)
AGENT_OF_CART: Final = (  # deprecated; SOAP spells mtOperator with a small letter
    Field("agentType", AGENT_TYPE, "4.6"),
    Field("payingOperation", text(24), "5"),
    Field("payingPhones", texts(19), "5"),
    Field("paymentsOperatorPhones", texts(19), "5"),
    *(
        Field(f"{spelled}Operator{name}", read, "5")
        for spelled in ("MT", "mt")
        for name, read in (
            ("Phones", texts(19)),
            ("Name", text(256)),
            ("Address", text(256)),
            ("Inn", inn),
        )
    ),
)
INSTALLMENTS: Final = (
    must("productType", word_of(("CREDIT", "INSTALLMENT"), "product"), "3"),
    Field("productID", text(50), "3"),
    Field("productId", text(50), "3"),
)
CUSTOMER: Final = (
    Field("contact", text(40), "3.1"),
    Field("email", text(40), "3.1"),
    Field("phone", phone, "3.1"),
    Field("fullName", text(100), "3.1"),
    Field("passport", text(100), "3.1"),
    Field("inn", inn, "3.1"),
    Field("deliveryInfo", an_object, "3.1"),
)
DELIVERY: Final = (
    Field("deliveryType", text(20), "3.1"),
    must("country", pattern(_COUNTRY, "not a country code of two letters"), "3.1"),
    must("city", text(40), "3.1"),
    must("postAddress", text(255), "3.1"),
)
POSITION: Final = (
    must("positionId", text(12), "3.2"),
    must("name", text(255), "3.2"),
    must("itemCode", text(100), "3.2"),
    must("quantity", an_object, "3.2"),
    Field("itemAmount", amount, "3.2"),
    Field("itemPrice", amount, "3.2"),
    Field("itemCurrency", currency, "3.2"),
    Field("itemDetails", an_object, "3.2"),
    Field("discount", an_object, "3.2"),
    Field("agentInterest", an_object, "3.2"),
    Field("tax", an_object, "3.2"),
)
ITEM_ATTRIBUTES: Final = "itemAttributes"
DEPOSITED_AMOUNT: Final = "depositedItemAmount"
"""A member of positions in answers; in a request it has no effect."""
QUANTITY: Final = (
    must("value", quantity, "7 row 5"),
    must("measure", text(20), "3.2"),
)
PART: Final = (  # of depositItems and refundItems: name and code may be left out (additions)
    must("positionId", text(12), "8"),
    Field("name", text(255), "8"),
    Field("itemCode", text(100), "8"),
    must("quantity", an_object, "8"),
    Field("itemAmount", amount, "8"),
    Field("itemPrice", amount, "8"),
)
PART_QUANTITY: Final = (must("value", quantity, "8"),)
TAX: Final = (
    must("taxType", TAX_TYPE, "4.2"),
    Field("taxSum", amount, "3.2"),
)
DISCOUNT: Final = (
    must("discountType", text(20), "3.2"),
    must("discountValue", number(20), "3.2"),
)
AGENT_INTEREST: Final = (
    must("interestType", text(20), "3.2"),
    must("interestValue", number(20), "3.2"),
)
ITEM_DETAILS: Final = (Field("itemDetailsParams", a_list, "3.2"),)
TRU_CODE: Final = "fes_truCode"
"""The item detail with the code of an electronic certificate (fiscal.md §11)."""
TRU: Final = must(
    "value",
    pattern(re.compile(r"[0-9]{9}\.[0-9]{20}"), "not a TRU code: 9 digits, a dot, 20 digits"),
    "11",
)
ITEM_DETAIL: Final = (
    must("name", text(255), "3.2"),
    Field("value", text(2000), "3.2"),
)
ATTRIBUTES: Final = {
    each.name: each
    for each in (
        Field("paymentMethod", one_of(PAYMENT_METHODS, "payment method"), "4.3"),
        Field("paymentObject", one_of(PAYMENT_OBJECTS, "payment object"), "4.4"),
        Field("nomenclature", mark_code, "5"),
        Field("markQuantity", nested, "5"),
        Field("userData", text(64), "5"),
        Field("agent_info", nested, "5"),
        Field("agent_info.type", AGENT_TYPE, "4.6"),
        Field("agent_info.paying.operation", text(24), "5"),
        Field("agent_info.paying.phones", texts(19), "5"),
        Field("agent_info.paymentsOperator.phones", texts(19), "5"),
        Field("agent_info.MTOperator.phones", texts(19), "5"),
        Field("agent_info.MTOperator.name", text(256), "5"),
        Field("agent_info.MTOperator.address", text(256), "5"),
        Field("agent_info.MTOperator.inn", inn, "5"),
        Field("supplier_info", nested, "5"),
        Field("supplier_info.phones", texts(19), "5"),
        Field("supplier_info.name", text(256), "5"),
        Field("supplier_info.inn", inn, "5"),
    )
}
MARK_QUANTITY: Final = (
    must("numerator", pattern(_COUNT, "not a number of at most 12 digits"), "5"),
    must("denominator", pattern(_COUNT, "not a number of at most 12 digits"), "5"),
)
AGENT_INFO: Final = (
    must("type", AGENT_TYPE, "4.6"),
    Field("paying", an_object, "5"),
    Field("paymentsOperator", an_object, "5"),
    Field("MTOperator", an_object, "5"),
)
SUPPLIER_INFO: Final = (
    Field("phones", texts(19), "5"),
    Field("name", text(256), "5"),
    Field("inn", inn, "5"),
    *(
        Field(name, text(256), "5")
        for name in (
            *("documentId", "payerName", "payerLs", "ls", "bankBic"),
            *("bankName", "kpp", "rs", "commission"),
        )
    ),
)
PAYING_AGENT: Final = (Field("operation", text(24), "5"), Field("phones", texts(19), "5"))
PHONES: Final = (Field("phones", texts(19), "5"),)
MT_OPERATOR: Final = (
    Field("phones", texts(19), "5"),
    Field("name", text(256), "5"),
    Field("address", text(256), "5"),
    Field("inn", inn, "5"),
)
NESTED_ATTRIBUTES: Final = {
    "agent_info": AGENT_INFO,
    "supplier_info": SUPPLIER_INFO,
    "markQuantity": MARK_QUANTITY,
}
"""The attributes whose value is an object, and its fields."""
NESTED_IN_ATTRIBUTES: Final = {
    "agent_info": {
        "paying": PAYING_AGENT,
        "paymentsOperator": PHONES,
        "MTOperator": MT_OPERATOR,
    },
}
"""The fields of those objects that are objects themselves, and their fields."""
