"""Every method with credentials, by name: what the endpoints serve and the docs print."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.protocol.dialects.classic import binding_methods as b
from altyn.protocol.dialects.classic import credit_methods as credit
from altyn.protocol.dialects.classic import link_methods as link
from altyn.protocol.dialects.classic import methods as m
from altyn.protocol.dialects.classic import one_call_methods as one
from altyn.protocol.dialects.classic import other_way_methods as o
from altyn.protocol.dialects.classic import payment_methods as p
from altyn.protocol.dialects.classic import payout_methods as payout
from altyn.protocol.dialects.classic import raw_refund_methods as raw
from altyn.protocol.dialects.classic import receipt_methods as r
from altyn.protocol.dialects.classic import recurrent_methods as rec
from altyn.protocol.dialects.classic import step_methods as step
from altyn.protocol.table import Method

METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        method.name: method
        for method in (
            m.REGISTER,
            m.REGISTER_PRE_AUTH,
            m.DEPOSIT,
            m.REVERSE,
            m.REFUND,
            m.DECLINE,
            m.ADD_PARAMS,
            m.GET_ORDER_STATUS,
            m.GET_ORDER_STATUS_EXTENDED,
            m.LAST_ORDERS,
            m.VERIFY_ENROLLMENT,
            p.PAYMENT_ORDER,
            p.PAYMENT_ORDER_BINDING,
            o.PAYMENT_ORDER_OTHER_WAY,
            one.INSTANT_PAYMENT,
            one.MOTO_PAYMENT,
            one.VERIFY_CARD,
            payout.INSTANT_REFUND,
            step.CONTINUE_3DS,
            step.FINISH_3DS_METHOD,
            p.FINISH_3DS_PAYMENT,
            p.FINISH_3DS_VER2_PAYMENT,
            raw.RAW_SUM_REFUND,
            raw.RAW_POSITION_REFUND,
            r.GET_RECEIPT_STATUS,
            r.CLOSE_OFD_RECEIPT,
            r.EXTERNAL_RECEIPT,
            rec.RECURRENT_PAYMENT,
            rec.INSTALMENT_PAYMENT,
            b.GET_BINDINGS,
            b.GET_BINDINGS_BY_CARD_OR_ID,
            b.BIND_CARD,
            b.UNBIND_CARD,
            b.EXTEND_BINDING,
            b.CREATE_BINDING_NO_PAYMENT,
            link.GET_PAYMENT_LINK,
            link.SEND_PAYMENT_LINK,
            credit.CREDIT_REGISTER,
            credit.CREDIT_REGISTER_PRE_AUTH,
        )
    }
)
