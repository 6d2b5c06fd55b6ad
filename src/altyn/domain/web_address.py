"""Web addresses: the one answer to whether a text is an absolute http or https address."""

from urllib.parse import SplitResult, urlsplit


def web_address(text: str) -> SplitResult | None:
    """The parts of an absolute http or https address with a host; None for any other text.

    A caller that needs more (length, characters, port) checks it on the text or on the parts.
    """
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and host else None
