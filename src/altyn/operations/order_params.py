"""The additional parameters of an order (merchantOrderParams), and who has sent each of them.

A callback is signed by the gateway, so a shop trusts it. What a payer has typed or forged must not
look like a value of the shop: the names of the payer's values are kept with the order.
"""

from collections.abc import Mapping

from altyn.domain.order import Order

Params = tuple[Mapping[str, str], tuple[str, ...]]
"""All parameters by name, and the names whose values a payer has sent."""


def params_of_shop(order: Order) -> Mapping[str, str]:
    """The order's parameters without those that a payer has sent."""
    payers = order.request.payer_params
    return {name: value for name, value in order.params.items() if name not in payers}


def with_params_of_shop(order: Order, params: Mapping[str, str]) -> Params:
    """The order's parameters with these of the shop, which replace all others of their names."""
    payer_params = tuple(name for name in order.request.payer_params if name not in params)
    return {**order.params, **params}, payer_params


def with_params_of_payer(order: Order, params: Mapping[str, str]) -> Params:
    """The order's parameters with these of a payer: names that the order has keep their values."""
    added = tuple(name for name in params if name not in order.params)
    return {**params, **order.params}, (*order.request.payer_params, *added)
