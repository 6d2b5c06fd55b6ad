"""The account of a shop at ATOL Online, from the shop's settings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from altyn.domain.merchant import Merchant
from altyn.domain.receipt.settings import FiscalProvider

Reveal = Callable[[int, str, str], str | None]
"""Decrypts a secret setting: the merchant's number, the key, the stored text. None: it cannot."""

PASSWORD: Final = "fiscal.password"  # noqa: S105 - the key of the setting


class AccountError(Exception):
    """The settings of the shop do not suffice; the text says why, and what to do."""


class UnfitError(Exception):
    """The receipt can never be sent like this; the text says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The facts of a shop that the provider needs, and the login."""

    login: str
    group: str
    inn: str
    payment_address: str
    company_email: str
    password: str = field(repr=False)


def account_of(merchant: Merchant, reveal: Reveal) -> Account:
    """The account of a shop.

    Raises AccountError for missing settings, and for a password that cannot be decrypted.
    """
    settings = merchant.settings.fiscal
    if missing := settings.missing_for(FiscalProvider.ATOL):
        raise AccountError(
            f"the shop {merchant.login} lacks {', '.join(missing)}: set them with "
            f"`altyn merchant set {merchant.login}`, and the receipt is sent"
        )
    password = reveal(merchant.merchant_id, PASSWORD, settings.password)
    if password is None:
        raise AccountError(
            f"{PASSWORD} of the shop {merchant.login} was encrypted with another key file, or "
            f"changed: set it again with `altyn merchant set {merchant.login}`"
        )
    return Account(
        login=settings.login,
        group=settings.group,
        inn=settings.inn,
        payment_address=settings.payment_address,
        company_email=settings.company_email,
        password=password,
    )
