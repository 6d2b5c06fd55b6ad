"""What the history of an order keeps of a request, apart from the sum."""

from collections.abc import Mapping


def history_detail(
    *, items: object = None, json_params: Mapping[str, str] | None = None
) -> dict[str, object]:
    """The cart and the free attributes of a request, as far as they were sent."""
    detail = {"items": items, "json_params": json_params}
    return {name: value for name, value in detail.items() if value is not None}
