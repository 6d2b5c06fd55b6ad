"""How the methods of stored cards show them. Source: rest-orders.md §6.1, §6.5."""

from typing import Final

from altyn.domain.card.binding import Binding
from altyn.operations.results import BindingsFound
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.presentation import AnswerContext, Members, presents


def _bindings(found: BindingsFound, _context: AnswerContext) -> Members:
    return {"bindings": [_binding(each) for each in found.bindings]}


def _binding(binding: Binding) -> Members:
    members: Members = {
        "bindingId": str(binding.binding_id),
        "maskedPan": binding.masked_pan,
        "expiryDate": binding.expiry,
        "clientId": binding.client_id,
        "paymentWay": PaymentWay.CARD.value,
        "displayLabel": binding.display_label,
        "bindingCategory": binding.category.value,
        "bindingStatus": "1" if binding.active else "0",
    }
    if binding.system:
        members["paymentSystem"] = binding.system
    return members


def _new_binding(found: BindingsFound, _context: AnswerContext) -> Members:
    (binding,) = found.bindings
    return {
        "bindingId": str(binding.binding_id),
        "clientId": binding.client_id,
        "cardholderName": binding.holder,
        "expiryDate": binding.expiry,
        "maskedPan": binding.masked_pan,
    }


BINDINGS: Final = presents(BindingsFound, _bindings)
NEW_BINDING: Final = presents(BindingsFound, _new_binding)
