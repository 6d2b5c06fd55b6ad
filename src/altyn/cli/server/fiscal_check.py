"""The part of `altyn doctor` about receipts: whether shops with a fiscal provider can use it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from altyn.settings import Settings

if TYPE_CHECKING:
    from altyn.domain.merchant import Merchant
    from altyn.security.keys import KeyRing
    from altyn.storage.database import Pool


async def fiscal_problem(pool: "Pool", settings: Settings) -> tuple[str, str]:
    """What is found, and the remedy; an empty remedy: nothing is wrong."""
    from altyn.domain.key_service import KeyServiceError
    from altyn.installation_keys import load_keys
    from altyn.security.keys import KeyFileError
    from altyn.storage.merchants import merchant_of
    from altyn.storage.statements import statement

    rows = await statement("list_merchants").fetch(pool)
    try:
        ring: KeyRing | None = load_keys(settings)
    except (KeyFileError, KeyServiceError):  # a finding of its own
        ring = None
    return examine_shops([merchant_of(row) for row in rows], settings.atol_url, ring)


def examine_shops(
    merchants: Sequence["Merchant"], atol_url: str | None, ring: "KeyRing | None"
) -> tuple[str, str]:
    """The finding about shops whose receipts go to ATOL Online."""
    from altyn.domain.receipt.settings import FiscalProvider

    shops = [m for m in merchants if m.settings.fiscal.provider is FiscalProvider.ATOL]
    found = f"ATOL Online at {atol_url}" if atol_url else "no ATOL Online: ALTYN_ATOL_URL is empty"
    if not shops:
        return f"{found}; no shop uses it", ""
    problems = [each for shop in shops for each in _problems(shop, ring)]
    if not atol_url:
        logins = ", ".join(shop.login for shop in shops)
        problems.insert(0, f"Set ALTYN_ATOL_URL: the receipts of {logins} wait for it")
    return f"{found}; shops that use it: {len(shops)}", "; ".join(problems)


def _problems(shop: "Merchant", ring: "KeyRing | None") -> Iterator[str]:
    from altyn.domain.receipt.settings import FiscalProvider
    from altyn.security.setting_secrets import SettingSecrets

    fiscal, key = shop.settings.fiscal, "fiscal.password"
    if missing := fiscal.missing_for(FiscalProvider.ATOL):
        yield f"`altyn merchant set {shop.login}` {' '.join(f'{name}=…' for name in missing)}"
    if ring is None or not fiscal.password:
        return
    if SettingSecrets.of(ring).reveal(shop.merchant_id, key, fiscal.password) is None:
        yield (
            f"`altyn merchant set {shop.login} {key}=…`: the stored one was encrypted with another "
            "key file"
        )
