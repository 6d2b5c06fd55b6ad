"""`altyn merchant certificate`: prints or renews the certificate for checking callback signatures.

A shop needs it for the asymmetric checksum. Source: callbacks.md §6.3.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from altyn.cli.dates import in_moscow
from altyn.cli.environment import read_settings
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line

if TYPE_CHECKING:
    from altyn.domain.merchant import Merchant
    from altyn.settings import Settings
    from altyn.storage.database import Pool
    from altyn.storage.signing_keys import SigningKey

Login = Annotated[str, typer.Argument(help="The shop's login.")]
New = Annotated[bool, typer.Option("--new", help="Create a new one; it signs from now on.")]


def certificate(login: Login, new: New = False, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Print the certificate with which a shop checks its callbacks; --new creates a new one."""
    from altyn.cli.database import with_pool

    settings = read_settings()

    async def work(pool: "Pool") -> None:
        merchant, key = await _signing_key(pool, settings, login, new=new)
        if as_json:
            since = key.created_at.isoformat(timespec="milliseconds")
            print_json({"alias": key.alias, "since": since, "certificate": key.certificate})
        else:
            print_certificate(merchant, key)

    with_pool(settings, work)


async def _signing_key(
    pool: "Pool", settings: "Settings", login: str, *, new: bool
) -> "tuple[Merchant, SigningKey]":
    """The shop and its current signing key; `new` creates the key first."""
    from altyn.cli.database import OPERATOR, gateway_clock
    from altyn.domain.account.audit import AUDIT_KEY_PURPOSE, AuditAction
    from altyn.installation_keys import load_keys
    from altyn.operations.staff.merchants import find_merchant
    from altyn.security.signing_keys import SIGNING_KEY_PURPOSE
    from altyn.storage.audit import AuditLog
    from altyn.storage.credentials import TOKEN_KEY_PURPOSE
    from altyn.storage.signing_keys import SigningKeys
    from altyn.storage.staff import StaffLog, staff_context

    ring = load_keys(settings)
    audit_key = ring.derive(AUDIT_KEY_PURPOSE)
    async with pool.acquire() as connection:
        clock = await gateway_clock(connection, settings)
        staff = staff_context(
            connection,
            actor=OPERATOR,
            clock=clock,
            token_key=ring.derive(TOKEN_KEY_PURPOSE),
            audit_key=audit_key,
        )
        merchant = await find_merchant(login, staff)
    keys = SigningKeys(pool, None, ring.derive(SIGNING_KEY_PURPOSE))
    if new:
        created = await keys.create(merchant.merchant_id, clock.now())
        async with pool.acquire() as connection, connection.transaction():
            log = StaffLog(connection, AuditLog(audit_key), OPERATOR, clock)
            await log.add(merchant.merchant_id, AuditAction.CERTIFICATE_CREATED, created.alias)
        return merchant, created
    current = await keys.current(merchant.merchant_id)
    if current is None:
        raise CommandError(
            f"The shop {merchant.login} has no certificate yet. Create one with "
            f"`altyn merchant certificate {merchant.login} --new`."
        )
    return merchant, current


def print_certificate(merchant: "Merchant", key: "SigningKey") -> None:
    """Print the use of a certificate, then the certificate. PEM readers skip the first lines."""
    for line in certificate_lines(merchant, key):
        print_line(line)


def certificate_lines(merchant: "Merchant", key: "SigningKey") -> Iterator[str]:
    """Lines that explain the certificate, then the certificate in PEM."""
    from altyn.domain.callback import ChecksumKind

    yield f"alias  {key.alias}"
    yield f"since  {in_moscow(key.created_at)}"
    if merchant.settings.callbacks.checksum is ChecksumKind.ASYMMETRIC:
        yield f"The callbacks of {merchant.login} are signed with it."
    else:
        yield f"To sign the callbacks of {merchant.login} with it:"
        yield f"  altyn merchant set {merchant.login} callbacks.checksum=asymmetric"
    yield ""
    yield key.certificate.rstrip()
