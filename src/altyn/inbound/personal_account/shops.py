"""The shops that a page shows: the user's own, and its children where the settings allow.

A page has one choice, `shop` in its address: the login of a shop, or nothing for all of them.
Source: personal-account.md §3 (merchant name / login).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from altyn.domain.merchant import Merchant
from altyn.inbound.personal_account.access import AccountRequest
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.order_status import visible_merchants
from altyn.operations.ports import Merchants

SHOP: Final = "shop"


@dataclass(frozen=True, slots=True)
class ShopChoice:
    """The shops that a user may see, its own first; `login` is the chosen one, empty: all."""

    visible: tuple[Merchant, ...]
    login: str = ""

    @property
    def shops(self) -> tuple[Merchant, ...]:
        """The shops that are chosen."""
        return tuple(each for each in self.visible if self.login in {"", each.login})

    @property
    def merchant_ids(self) -> tuple[int, ...]:
        """The numbers of the chosen shops."""
        return tuple(each.merchant_id for each in self.shops)

    @property
    def first(self) -> Merchant:
        """The chosen shop; of all shops, the user's own."""
        return self.shops[0]

    @property
    def has_several(self) -> bool:
        """Whether rows of several shops are shown, so that each row names its shop."""
        return len(self.shops) > 1

    @property
    def parameters(self) -> dict[str, str]:
        """The choice as parameters of an address."""
        return {SHOP: self.login} if self.login else {}

    def names(self, language: str) -> dict[str, str]:
        """The shops to choose from, by login; none where there is nothing to choose."""
        several = len(self.visible) > 1
        return {each.login: each.name_in(language) for each in self.visible} if several else {}


@dataclass(frozen=True, slots=True)
class VisibleShops:
    """Finds the shops that a user may see."""

    merchants: Merchants

    async def choice(self, asked: AccountRequest, login: str) -> ShopChoice:
        """The choice of a login; empty: all shops. Refuses: SHOP_UNKNOWN for any other shop."""
        visible = await visible_merchants(asked.current.merchant, self.merchants)
        if login and login not in {each.login for each in visible}:
            raise AccountError(Reason.SHOP_UNKNOWN, login)
        return ShopChoice(visible, login)

    async def asked(self, asked: AccountRequest) -> ShopChoice:
        """The choice of the address. Refuses as `choice`."""
        return await self.choice(asked, asked.request.query_params.get(SHOP, ""))

    async def owner(self, asked: AccountRequest, merchant_id: int) -> Merchant | None:
        """The shop with this number, if the user may see it."""
        visible = await visible_merchants(asked.current.merchant, self.merchants)
        return next((each for each in visible if each.merchant_id == merchant_id), None)
