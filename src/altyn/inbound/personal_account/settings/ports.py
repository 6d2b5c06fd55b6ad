"""What the settings pages need from outside."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from altyn.domain.callback import CallbackDelivery
from altyn.domain.merchant import Merchant, MerchantSettings
from altyn.domain.outbox import ClaimedEntry
from altyn.inbound.sandbox.callbacks import History
from altyn.inbound.sandbox.shop_check import ShopCheck
from altyn.inbound.web.callbacks.listing import CallbackPages
from altyn.operations.staff.actors import StaffActor
from altyn.operations.staff.ports import CurrentSettings


class Certificate(Protocol):
    """What a shop verifies callbacks with: X.509 in PEM; `created_at` is UTC."""

    @property
    def alias(self) -> str: ...
    @property
    def pem(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...


class AccountHistory(History, CallbackPages, Protocol):
    """Reads the callbacks of several shops too, page by page."""


class ChangeSettings(Protocol):
    """Changes settings of a merchant; with a `version`, only if that one is still in force."""

    async def __call__(
        self,
        actor: StaffActor,
        merchant_id: int,
        changes: Mapping[str, object],
        *,
        version: int | None = None,
    ) -> MerchantSettings: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsServices:
    """How settings are read, changed and tried out.

    `new_certificate` takes the alias of the newest certificate, empty without one; None: that is
    not the newest any more.
    `deliver` sends one callback request, guarded as all callbacks are; nothing of it is stored.
    """

    in_force: Callable[[int], Awaitable[CurrentSettings]]
    change: ChangeSettings
    refusal_of_url: Callable[[str], str | None]
    certificates: Callable[[int], Awaitable[Sequence[Certificate]]]
    new_certificate: Callable[[int, str], Awaitable[str | None]]
    deliver: Callable[[ClaimedEntry, Merchant], Awaitable[CallbackDelivery]]
    new_key: Callable[[], str]
    check: ShopCheck
    history: AccountHistory
