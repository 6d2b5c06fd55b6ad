"""A receipt as a document of ATOL Online, v5 or v4. The same receipt is always the same document.

Source: fiscal.md §6, §14.
"""

from collections.abc import Mapping
from typing import Any, Final

from altyn.domain.moscow import to_moscow
from altyn.domain.phone import international_phone
from altyn.domain.receipt.contact import EMAIL_CHARS_MAX, RECEIPT_CURRENCY
from altyn.domain.receipt.settings import FfdVersion
from altyn.domain.receipt.values import Receipt, ReceiptContent, ReceiptKind
from altyn.outbound.receipts.atol.account import Account, UnfitError
from altyn.outbound.receipts.atol.attributes import without_empty
from altyn.outbound.receipts.atol.codes import ELECTRONICALLY, PREPAYMENT_OFFSET, TAX_SYSTEMS
from altyn.outbound.receipts.atol.items import item_of, rate_of, roubles

TIME_FORMAT: Final = "%d.%m.%Y %H:%M:%S"
CASHIER_LENGTH_MAX: Final = 64
VATS_MAX: Final = 6
CLIENT_V5: Final = {
    "birthdate": "client.birth_date",
    "citizenship": "client.citizenship",
    "document_code": "client.document_code",
    "document_data": "client.passport_number",
    "address": "client.address",
}


def document_of(
    receipt: Receipt, account: Account, *, external_id: str, result_address: str | None
) -> dict[str, Any]:
    """The document of a receipt; amounts are decimals of roubles.

    Refuses with UnfitError, in this order: another currency than roubles, no e-mail and no phone
    number of the payer, codes that the version of the format has not.
    """
    content = receipt.content
    if content.currency != RECEIPT_CURRENCY:
        raise UnfitError(
            f"fiscal receipts are in roubles (643), and the order's currency is {content.currency}"
        )
    return without_empty(
        {
            "timestamp": to_moscow(receipt.created_at).strftime(TIME_FORMAT),
            "external_id": external_id,
            "service": {"callback_url": result_address} if result_address else None,
            "receipt": _receipt(receipt, account),
        }
    )


def operation_of(kind: ReceiptKind) -> str:
    """The last part of the address to which a document is sent."""
    return "sell_refund" if kind.returns_money else "sell"


def _receipt(receipt: Receipt, account: Account) -> dict[str, Any]:
    content, params = receipt.content, receipt.content.ofd_params
    closing = receipt.kind is ReceiptKind.CLOSING
    total = roubles(content.amount_minor)
    return without_empty(
        {
            "client": _client(content),
            "company": _company(content, account),
            "items": [item_of(line, content) for line in content.lines],
            "payments": [{"type": PREPAYMENT_OFFSET if closing else ELECTRONICALLY, "sum": total}],
            "vats": _vats(content),
            "total": total,
            "additional_check_props": params.get("additional_check_props"),
            "cashier": params.get("cashier", "")[:CASHIER_LENGTH_MAX],
            "additional_user_props": _pair(params, "additional_user_props"),
            "device_number": params.get("company.automat_number"),
            **(_of_v5(params) if content.ffd is FfdVersion.V1_2 else {}),
        }
    )


def _client(content: ReceiptContent) -> dict[str, Any]:
    """The payer. Of several e-mail addresses the first one gets the receipt."""
    params = content.ofd_params
    email, number = (content.email or "").split(",")[0].strip(), content.phone
    if not email and not number:
        raise UnfitError(
            "the payer's e-mail address and phone number are missing: send email or phone with "
            "the order, or customerDetails in its cart"
        )
    if len(email) > EMAIL_CHARS_MAX:
        raise UnfitError(f"the payer's e-mail address is longer than {EMAIL_CHARS_MAX} characters")
    more = CLIENT_V5 if content.ffd is FfdVersion.V1_2 else {}
    return without_empty(
        {
            "email": email,
            "phone": international_phone(number) if number else None,
            "name": params.get("client.name"),
            "inn": params.get("client.inn"),
            **{member: params.get(name) for member, name in more.items()},
        }
    )


def _company(content: ReceiptContent, account: Account) -> dict[str, Any]:
    params = content.ofd_params
    return without_empty(
        {
            "email": account.company_email,
            "sno": TAX_SYSTEMS[content.tax_system],
            "inn": account.inn,
            "payment_address": params.get("company.payment_address") or account.payment_address,
            "location": params.get("company.location"),
        }
    )


def _vats(content: ReceiptContent) -> list[dict[str, Any]]:
    """The VAT by rate; left to the provider where there are more rates than it takes."""
    sums: dict[str, int] = {}
    for line in content.lines:
        rate = rate_of(line.tax_type, content.ffd)
        sums[rate] = sums.get(rate, 0) + line.vat_minor
    if len(sums) > VATS_MAX:
        return []
    return [{"type": rate, "sum": roubles(minor)} for rate, minor in sums.items()]


def _of_v5(params: Mapping[str, str]) -> dict[str, Any]:
    sector = _named(params, "sectoralcheckprops", ("date", "number", "value"))
    federal = params.get("sectoralcheckprops.federalid") or params.get(
        "sectoralcheckprops.federal_id"
    )
    return {
        "cashier_inn": params.get("cashier_inn"),
        "operating_check_props": _named(
            params, "operatingcheckprops", ("name", "value", "timestamp")
        ),
        "sectoral_check_props": [{"federal_id": federal, **sector}] if federal else None,
    }


def _pair(params: Mapping[str, str], prefix: str) -> dict[str, str]:
    """A name with its value; the provider takes both or none."""
    found = _named(params, prefix, ("name", "value"))
    return found if len(found) == len(("name", "value")) else {}


def _named(params: Mapping[str, str], prefix: str, names: tuple[str, ...]) -> dict[str, str]:
    return without_empty({name: params.get(f"{prefix}.{name}") for name in names})
