"""Stored cards as rows of the table `bindings`."""

from collections.abc import Mapping
from typing import Any

from altyn.domain.card.binding import Binding, BindingCategory
from altyn.domain.card.instalment_terms import InstalmentTerms
from altyn.domain.card.recurring import RecurringTerms


def binding_values(binding: Binding) -> dict[str, Any]:
    """The columns of a version, by the names that the statements use."""
    terms = binding.recurring
    return {
        "merchant_id": binding.merchant_id,
        "binding_id": binding.binding_id,
        "client_id": binding.client_id,
        "fingerprint": bytes.fromhex(binding.fingerprint),
        "masked_pan": binding.masked_pan,
        "expiry": binding.expiry,
        "holder": binding.holder,
        "system": binding.system,
        "category": binding.category.value,
        "order_id": binding.order_id,
        "email": binding.email,
        "phone": binding.phone,
        "recurring_days": terms.days if terms else None,
        "recurring_until": terms.until if terms else None,
        "charged_at": terms.charged_at if terms else None,
        "network_transaction_id": binding.network_transaction_id,
        "at": binding.changed_at,
    }


def instalment_values(binding: Binding) -> dict[str, Any]:
    """The columns of payments in instalments; all are None without an agreement to some."""
    terms = binding.instalments
    return {
        "instalments_max": terms.payments_max if terms else None,
        "instalments_total_minor": terms.total_minor if terms else None,
        "instalments_currency": terms.currency if terms else None,
        "instalments_made": terms.made if terms else None,
        "instalments_made_minor": terms.made_minor if terms else None,
        "instalments_agreed_at": terms.agreed_at if terms else None,
    }


def binding_json(binding: Binding) -> dict[str, Any]:
    """The same for a row of `binding` in `save_orders`: the fingerprint as text."""
    return {
        **binding_values(binding),
        **instalment_values(binding),
        "fingerprint": binding.fingerprint,
        "version": binding.version,
    }


def binding_of(row: Mapping[str, Any]) -> Binding:
    """The stored card in a row."""
    return Binding(
        merchant_id=row["merchant_id"],
        binding_id=row["binding_id"],
        version=row["version"],
        client_id=row["client_id"],
        fingerprint=row["fingerprint"].hex(),
        masked_pan=row["masked_pan"],
        expiry=row["expiry"],
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        holder=row["holder"],
        system=row["system"],
        active=row["active"],
        category=BindingCategory(row["category"]),
        order_id=row["order_id"],
        email=row["email"],
        phone=row["phone"],
        recurring=_terms(row),
        instalments=_instalments(row),
        network_transaction_id=row["network_transaction_id"],
        removed_by_payer=row["removed_by_payer"],
    )


def _instalments(row: Mapping[str, Any]) -> InstalmentTerms | None:
    if row["instalments_max"] is None:
        return None
    return InstalmentTerms(
        payments_max=row["instalments_max"],
        total_minor=row["instalments_total_minor"],
        currency=row["instalments_currency"],
        made=row["instalments_made"],
        made_minor=row["instalments_made_minor"],
        agreed_at=row["instalments_agreed_at"],
    )


def _terms(row: Mapping[str, Any]) -> RecurringTerms | None:
    if row["recurring_days"] is None:
        return None
    charged_at = row["charged_at"] or row["created_at"]
    return RecurringTerms(row["recurring_days"], row["recurring_until"], charged_at)
