"""What the payer has to do before a payment can go on: one typed value per kind.

A connector answers *pending* with one of them, the attempt keeps it, and a page or a shop shows it.
They are structs with a tag, so that a stored one is read back as its own type. No value here holds
a card number or a secret.
"""

import msgspec


class Waiting(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """The payer is busy elsewhere, and the payment waits for it."""


class AtAcs(Waiting, frozen=True, kw_only=True, tag="at_acs"):
    """The payer confirms the payment at the card issuer's server (3-D Secure)."""

    url: str


class MethodStep(Waiting, frozen=True, kw_only=True, tag="method_step"):
    """The payer's browser visits the issuer's server unseen (the 3-D Secure 2 method)."""

    url: str


class ConfirmOnPhone(Waiting, frozen=True, kw_only=True, tag="confirm_on_phone"):
    """The payer confirms or refuses in an app on the phone. `phone` is digits only, or empty."""

    phone: str = ""


class ScanQr(Waiting, frozen=True, kw_only=True, tag="scan_qr"):
    """The payer scans a QR code, or opens its `payload` on the phone."""

    payload: str


class EnterCode(Waiting, frozen=True, kw_only=True, tag="enter_code"):
    """The payer types a code that was sent to the phone; it goes to the same way by `begin`."""

    phone: str = ""


AnyWaiting = AtAcs | MethodStep | ConfirmOnPhone | ScanQr | EnterCode
