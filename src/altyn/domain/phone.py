"""The text of a phone number, as it was meant. Source: 004 (phone)."""


def phone_text(sent: str) -> str:
    """The number with its plus: a plus that a client does not escape arrives as a space."""
    return f"+{sent[1:]}" if sent.startswith(" ") else sent
