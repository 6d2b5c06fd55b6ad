"""The number of a simulated phone, in any spelling that the gateway accepts for a phone.

Source: sberpay.md §3 (phone).
"""

from altyn.domain.phone import compact_phone, phone_after_prefix, phone_text, russian_phone


def read_phone(text: str) -> str | None:
    """The eleven digits of a number, `79998887766`; None for a text that is not such a number.

    Accepted: what `russian_phone` accepts, and any ten digits, alone or after +7, 7 or 8. Blanks,
    hyphens, dots and brackets between the digits do not count.
    """
    number = phone_text(text)
    russian = russian_phone(number) or russian_phone(text)
    if russian:
        return russian
    return phone_after_prefix(compact_phone(number) or "")


def spaced(phone: str) -> str:
    """A number as people write it, with no-break spaces: `+7 999 888-77-66`."""
    return f"+{phone[0]}\u00a0{phone[1:4]}\u00a0{phone[4:7]}-{phone[7:9]}-{phone[9:]}"
