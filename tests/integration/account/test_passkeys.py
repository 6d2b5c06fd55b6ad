"""Passkeys: adding them, logging in with them, and everything that is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from altyn.domain.account.challenges import Challenges
from altyn.domain.account.passkeys import PASSKEYS_MAX, Passkey, PasskeySite
from altyn.domain.account.sessions import SessionStage
from altyn.domain.account.user import FAILED_LOGINS_MAX
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.account.log_in import OpenedSession
from altyn.operations.account.passkey_login import (
    PasskeyAttempt,
    log_in_with_passkey,
    offer_login,
)
from altyn.operations.account.passkey_ports import PasskeyContext
from altyn.operations.account.passkeys import (
    CreatedPasskey,
    OfferedPasskey,
    add_passkey,
    offer_passkey,
    own_passkeys,
    remove_for_user,
    remove_passkey,
    rename_passkey,
)
from altyn.operations.account.session import CurrentUser
from altyn.operations.account.users import block_user, reset_password
from altyn.operations.ports import Overloaded
from altyn.operations.staff.merchants import block_merchant
from altyn.security.passkey_responses import LibraryResponses
from altyn.storage.account_context import FailedAddresses
from altyn.storage.audit import AuditLog
from altyn.storage.database import Pool
from altyn.storage.passkeys import PasskeyTables
from tests.authenticator import PRESENT, Authenticator, decoded, encoded
from tests.integration.account.access import ADDRESS, PASSWORD, Access, open_access
from tests.integration.storage.processes import Staff
from tests.staff import AUDIT_KEY

OWNER: Final = "shop-owner"
SITE: Final = PasskeySite("https://pay.example.org", "pay.example.org")
OTHER_SITE: Final = PasskeySite("https://pay.example.net", "pay.example.net")
CHALLENGES: Final = Challenges(b"k" * 32)


@dataclass
class Keys:
    """The passkeys of one shop's users."""

    access: Access
    context: PasskeyContext
    device: Authenticator

    async def offered(self, current: CurrentUser, name: str = "Laptop") -> OfferedPasskey:
        return await offer_passkey(current, name, PASSWORD, SITE, self.context)

    async def add(
        self, current: CurrentUser, name: str = "Laptop", device: Authenticator | None = None
    ) -> Passkey:
        offered = await self.offered(current, name)
        response = (device or self.device).create(offered.options)
        await add_passkey(current, sent(name, response, offered), SITE, self.context)
        [added] = [each for each in await own_passkeys(current, self.context) if each.name == name]
        return added

    def offer(self) -> OfferedPasskey:
        return offer_login(SITE, self.context)

    async def log_in(
        self, device: Authenticator | None = None, offered: OfferedPasskey | None = None
    ) -> OpenedSession:
        offered = offered or self.offer()
        return await self.answer((device or self.device).get(offered.options), offered)

    async def answer(
        self, response: str, offered: OfferedPasskey, *, site: PasskeySite = SITE
    ) -> OpenedSession:
        attempt = PasskeyAttempt(response=response, token=offered.challenge.token, address=ADDRESS)
        return await log_in_with_passkey(attempt, site, self.context)

    async def last_entry(self) -> str:
        return (await self.access.log())[-1]


def sent(name: str, response: str, offered: OfferedPasskey) -> CreatedPasskey:
    return CreatedPasskey(name=name, response=response, token=offered.challenge.token)


def keys_of(access: Access) -> Keys:
    context = PasskeyContext(
        account=access.context,
        store=PasskeyTables(access.pool, AuditLog(AUDIT_KEY)),
        responses=LibraryResponses("Altyn"),
        challenges=CHALLENGES,
    )
    return Keys(access, context, Authenticator(SITE.origin))


@pytest.fixture
def keys(access: Access) -> Keys:
    return keys_of(access)


async def reason_of(work: Awaitable[object]) -> Reason:
    """Why an action is refused."""
    with pytest.raises(AccountError) as refused:
        await work
    return refused.value.reason


# ── Adding ────────────────────────────────────────────────────────────────────────────────────────


async def test_passkey_is_added_and_logs_in_without_login_and_password(keys: Keys) -> None:
    current = await keys.access.enter(OWNER)
    added = await keys.add(current)
    assert (added.name, added.login, added.rp_id) == ("Laptop", OWNER, "pay.example.org")
    assert added.last_used_at is None
    assert await keys.last_entry() == "shop-owner passkey added shop-owner Laptop"
    keys.access.clock.move(minutes=1)
    opened = await keys.log_in()
    entered = await keys.access.current(opened)
    assert entered is not None
    assert entered.user.login == OWNER
    assert await keys.last_entry() == "shop-owner logged in shop-owner with a passkey"
    [used] = await own_passkeys(entered, keys.context)
    assert used.last_used_at == keys.access.clock.now()
    assert used.sign_count == 1
    assert (await keys.access.verified()).fault is None


async def test_options_ask_for_a_verified_user_and_a_passkey_that_is_found_alone(
    keys: Keys,
) -> None:
    current = await keys.access.enter(OWNER)
    first = await keys.add(current)
    options = json.loads((await keys.offered(current, "Phone")).options)
    assert options["rp"] == {"id": "pay.example.org", "name": "Altyn"}
    assert options["user"]["name"] == OWNER
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    assert [each["id"] for each in options["excludeCredentials"]] == [encoded(first.credential_id)]
    assert decoded(options["user"]["id"]).decode() == first.user_handle
    asked = json.loads(keys.offer().options)
    assert asked["userVerification"] == "required"
    assert asked["allowCredentials"] == []


async def test_wrong_password_offers_nothing_and_is_counted(keys: Keys) -> None:
    current = await keys.access.enter(OWNER)
    for _ in range(FAILED_LOGINS_MAX):
        work = offer_passkey(current, "Laptop", "wrong", SITE, keys.context)
        assert await reason_of(work) is Reason.WRONG_PASSWORD
    assert await keys.access.current(current.token) is None
    assert await reason_of(keys.access.log_in(OWNER)) is Reason.WRONG_LOGIN


async def test_right_password_is_refused_after_the_lock(keys: Keys) -> None:
    """Many guesses at once in a stolen session: the request found its user before the lock."""
    current = await keys.access.enter(OWNER)
    laptop = await keys.add(current)
    for _ in range(10):
        work = offer_passkey(current, "Phone", "wrong", SITE, keys.context)
        assert await reason_of(work) is Reason.WRONG_PASSWORD
    assert await reason_of(keys.offered(current, "Phone")) is Reason.WRONG_PASSWORD
    removal = remove_passkey(current, laptop.credential_id, PASSWORD, keys.context)
    assert await reason_of(removal) is Reason.WRONG_PASSWORD
    assert await own_passkeys(current, keys.context) == [laptop]


async def test_name_is_needed_and_used_once(keys: Keys) -> None:
    current = await keys.access.enter(OWNER)
    for name in ("", " ", "x" * 41, "a\x00b"):
        assert await reason_of(keys.offered(current, name)) is Reason.PASSKEY_NAME
    offered = await keys.offered(current)
    await keys.add(current)
    assert await reason_of(keys.offered(current)) is Reason.PASSKEY_NAME_TAKEN
    late = add_passkey(
        current, sent("Laptop", keys.device.create(offered.options), offered), SITE, keys.context
    )
    assert await reason_of(late) is Reason.PASSKEY_NAME_TAKEN


async def test_user_has_at_most_twenty_passkeys(keys: Keys) -> None:
    current = await keys.access.enter(OWNER)
    for number in range(PASSKEYS_MAX - 1):
        await keys.add(current, f"Key {number}")
    offers = [await keys.offered(current, f"Last {number}") for number in range(2)]
    works = [
        add_passkey(
            current, sent(f"Last {number}", keys.device.create(each.options), each), SITE,
            keys.context,
        )
        for number, each in enumerate(offers)
    ]  # fmt: skip
    await works[0]
    assert await reason_of(works[1]) is Reason.PASSKEY_TOO_LATE
    assert await reason_of(keys.offered(current, "More")) is Reason.TOO_MANY_PASSKEYS


async def test_creation_is_bound_to_its_challenge_session_and_time(keys: Keys) -> None:
    current, other = await keys.access.enter(OWNER), await keys.access.enter(OWNER)
    offered = await keys.offered(current)
    response = keys.device.create(offered.options)
    made = sent("Laptop", response, offered)
    strange = sent("Laptop", response, await keys.offered(current))
    login = sent("Laptop", response, keys.offer())
    for session, created in ((other, made), (current, strange), (current, login)):
        work = add_passkey(session, created, SITE, keys.context)
        assert await reason_of(work) is Reason.PASSKEY_NOT_CREATED
    keys.access.clock.move(minutes=5)
    assert (
        await reason_of(add_passkey(current, made, SITE, keys.context)) is Reason.PASSKEY_TOO_LATE
    )
    assert await own_passkeys(current, keys.context) == []


async def test_response_of_a_creation_is_taken_once(keys: Keys) -> None:
    current = await keys.access.enter(OWNER)
    offered = await keys.offered(current)
    made = sent("Laptop", keys.device.create(offered.options), offered)
    await add_passkey(current, made, SITE, keys.context)
    again = add_passkey(current, replace(made, name="Again"), SITE, keys.context)
    assert await reason_of(again) in {Reason.PASSKEY_TOO_LATE, Reason.PASSKEY_KNOWN}
    [passkey] = await own_passkeys(current, keys.context)
    await remove_passkey(current, passkey.credential_id, PASSWORD, keys.context)
    again = add_passkey(current, made, SITE, keys.context)
    assert await reason_of(again) is Reason.PASSKEY_TOO_LATE


@pytest.mark.parametrize(
    "device",
    [
        Authenticator("https://pay.example.net"),
        Authenticator("http://pay.example.org"),
        Authenticator("https://pay.example.org:8443"),
        Authenticator("https://evil.pay.example.org"),
        Authenticator(SITE.origin, rp_id="example.org"),
        Authenticator(SITE.origin, flags=PRESENT),
    ],
    ids=["origin", "http", "port", "subdomain", "rp_id", "unverified"],
)
async def test_passkey_for_another_site_or_an_unverified_user_is_not_added(
    keys: Keys, device: Authenticator
) -> None:
    current = await keys.access.enter(OWNER)
    offered = await keys.offered(current)
    work = add_passkey(
        current, sent("Laptop", device.create(offered.options), offered), SITE, keys.context
    )
    assert await reason_of(work) is Reason.PASSKEY_NOT_CREATED


async def test_credential_of_another_user_is_not_added(keys: Keys) -> None:
    """A second user who registers the first one's credential could else log in as the first."""
    first = await keys.add(await keys.access.enter(OWNER))
    operator = await keys.access.enter("shop-operator")
    offered = await keys.offered(operator)
    thief = Authenticator(SITE.origin)
    response = json.loads(thief.create(offered.options))
    altered = json.dumps(response).replace(
        encoded(thief.keys[0].credential_id), encoded(first.credential_id)
    )
    attested = decoded(response["response"]["attestationObject"]).replace(
        thief.keys[0].credential_id, first.credential_id
    )
    altered = altered.replace(response["response"]["attestationObject"], encoded(attested))
    work = add_passkey(operator, sent("Laptop", altered, offered), SITE, keys.context)
    assert await reason_of(work) is Reason.PASSKEY_KNOWN
    assert await own_passkeys(operator, keys.context) == []


# ── Logging in ────────────────────────────────────────────────────────────────────────────────────


async def test_passkey_counts_as_both_factors(keys: Keys) -> None:
    await keys.add(await keys.access.enter(OWNER))
    await keys.access.pool.execute("UPDATE account_users SET code_secret = 'encrypted'")
    opened = await keys.log_in()
    assert opened.session.stage is SessionStage.OPEN


async def test_one_time_password_has_to_be_changed_after_a_login_with_a_passkey(
    keys: Keys,
) -> None:
    await keys.add(await keys.access.enter(OWNER))
    await reset_password(OWNER, keys.access.staff, keys.access.context)
    entered = await keys.access.current(await keys.log_in())
    assert entered is not None
    assert entered.user.must_change_password


async def test_blocked_users_and_shops_do_not_log_in(keys: Keys) -> None:
    await keys.add(await keys.access.enter(OWNER))
    await block_user(OWNER, keys.access.staff, keys.access.context, blocked=True)
    assert await reason_of(keys.log_in()) is Reason.USER_BLOCKED
    await block_user(OWNER, keys.access.staff, keys.access.context, blocked=False)
    async with Staff(keys.access.pool).at_work() as staff:
        await block_merchant("shop", staff, blocked=True)
    assert await reason_of(keys.log_in()) is Reason.MERCHANT_BLOCKED


async def test_locked_login_is_refused_until_its_time_is_over(keys: Keys) -> None:
    await keys.add(await keys.access.enter(OWNER))
    for _ in range(FAILED_LOGINS_MAX):
        assert await reason_of(keys.access.log_in(OWNER, "wrong")) is Reason.WRONG_LOGIN
    assert await reason_of(keys.log_in()) is Reason.PASSKEY_REFUSED
    keys.access.clock.move(minutes=30)
    await keys.log_in()


async def test_login_ends_the_old_session_and_has_a_new_token(keys: Keys) -> None:
    current = await keys.access.enter(OWNER)
    await keys.add(current)
    offered = keys.offer()
    attempt = PasskeyAttempt(
        response=keys.device.get(offered.options),
        token=offered.challenge.token,
        address=ADDRESS,
        old_token=current.token,
    )
    opened = await log_in_with_passkey(attempt, SITE, keys.context)
    assert opened.token != current.token
    assert await keys.access.current(current.token) is None


async def test_replayed_response_is_refused_and_audited(keys: Keys) -> None:
    await keys.add(await keys.access.enter(OWNER))
    keys.device.counts = False
    offered = keys.offer()
    response = keys.device.get(offered.options)
    await keys.answer(response, offered)
    assert await reason_of(keys.answer(response, offered)) is Reason.PASSKEY_REFUSED
    entry = await keys.last_entry()
    assert entry == "shop-owner login failed shop-owner a passkey response that was used before"


async def test_one_of_two_responses_at_once_opens_a_session(keys: Keys) -> None:
    await keys.add(await keys.access.enter(OWNER))
    keys.device.counts = False
    offered = keys.offer()
    response = keys.device.get(offered.options)
    results = await asyncio.gather(
        *(keys.answer(response, offered) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(each, OpenedSession) for each in results) == 1


async def test_challenge_of_another_browser_or_an_old_one_is_refused(keys: Keys) -> None:
    await keys.add(await keys.access.enter(OWNER))
    offered, other = keys.offer(), keys.offer()
    response = keys.device.get(offered.options)
    assert await reason_of(keys.answer(response, other)) is Reason.PASSKEY_REFUSED
    assert "a wrong passkey response" in await keys.last_entry()
    keys.access.clock.move(minutes=5)
    assert await reason_of(keys.answer(response, offered)) is Reason.PASSKEY_TOO_LATE
    forged = OfferedPasskey(options="", challenge=replace(offered.challenge, token="1.x"))
    assert await reason_of(keys.answer(response, forged)) is Reason.PASSKEY_TOO_LATE


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "https://pay.example.net"},
        {"origin": "https://pay.example.org.evil.example"},
        {"rp_id": "example.org"},
        {"flags": PRESENT},
        {"flags": 0},
    ],
    ids=["origin", "longer_origin", "rp_id", "unverified", "absent"],
)
async def test_response_for_another_site_or_of_an_unverified_user_is_a_failed_login(
    keys: Keys, changes: dict[str, object]
) -> None:
    await keys.add(await keys.access.enter(OWNER))
    device = replace(keys.device, **changes)  # type: ignore[arg-type]
    assert await reason_of(keys.log_in(device)) is Reason.PASSKEY_REFUSED
    entry = await keys.last_entry()
    assert entry == "shop-owner login failed shop-owner a wrong passkey response"
    assert (await keys.access.user(OWNER)).failed_logins == 1


async def test_ten_wrong_responses_lock_the_login(keys: Keys) -> None:
    await keys.add(await keys.access.enter(OWNER))
    device = replace(keys.device, origin="https://pay.example.net")
    for _ in range(FAILED_LOGINS_MAX):
        assert await reason_of(keys.log_in(device)) is Reason.PASSKEY_REFUSED
    assert await reason_of(keys.log_in()) is Reason.PASSKEY_REFUSED
    assert await reason_of(keys.access.log_in(OWNER)) is Reason.WRONG_LOGIN
    assert "login locked" in await keys.last_entry()


async def test_counter_that_goes_back_is_refused_and_audited(keys: Keys) -> None:
    await keys.add(await keys.access.enter(OWNER))
    for _ in range(3):
        await keys.log_in()
    for count in (2, 0, -1):  # the next response has one more
        keys.device.keys[0].count = count
        assert await reason_of(keys.log_in()) is Reason.PASSKEY_REFUSED
        entry = await keys.last_entry()
        assert (
            entry == "shop-owner login failed shop-owner a passkey's count of signatures went back"
        )
    keys.device.keys[0].count = 3
    await keys.log_in()


async def test_forged_counter_does_not_reach_the_log_as_one(keys: Keys) -> None:
    await keys.add(await keys.access.enter(OWNER))
    await keys.log_in()
    forger = Authenticator(SITE.origin, keys=[replace(keys.device.keys[0], count=0)])
    forger.keys[0].key = ec.generate_private_key(ec.SECP256R1())
    assert await reason_of(keys.log_in(forger)) is Reason.PASSKEY_REFUSED
    assert "a wrong passkey response" in await keys.last_entry()


async def test_device_that_does_not_count_logs_in_again_and_again(keys: Keys) -> None:
    keys.device.counts = False
    await keys.add(await keys.access.enter(OWNER))
    for _ in range(3):
        await keys.log_in()


async def test_key_of_one_user_opens_no_session_of_another(keys: Keys) -> None:
    own, other = Authenticator(SITE.origin), Authenticator(SITE.origin)
    await keys.add(await keys.access.enter(OWNER), device=own)
    await keys.add(await keys.access.enter("shop-operator"), device=other)
    owners, operators = own.keys[0], other.keys[0]
    handle = Authenticator(SITE.origin, keys=[replace(operators, user_handle=owners.user_handle)])
    assert await reason_of(keys.log_in(handle)) is Reason.PASSKEY_UNKNOWN
    credential = replace(owners, key=operators.key)
    assert (
        await reason_of(keys.log_in(Authenticator(SITE.origin, keys=[credential])))
        is Reason.PASSKEY_REFUSED
    )


async def test_passkey_of_another_shop_stays_its_own(keys: Keys, pool: Pool) -> None:
    other = keys_of(await open_access(pool, "books"))
    await other.add(await other.access.enter("books-owner"))
    opened = await keys.log_in(other.device)
    assert opened.user.login == "books-owner"
    current = await keys.access.enter(OWNER)
    [foreign] = await own_passkeys(await other.access.enter("books-owner"), other.context)
    work = remove_passkey(current, foreign.credential_id, PASSWORD, keys.context)
    assert await reason_of(work) is Reason.PASSKEY_GONE
    with_our_number = f"{current.user.merchant_id}.{foreign.user_handle.partition('.')[2]}"
    stored = replace(other.device.keys[0], user_handle=with_our_number.encode())
    forged = Authenticator(SITE.origin, keys=[stored])
    assert await reason_of(keys.log_in(forged)) is Reason.PASSKEY_UNKNOWN


async def test_removed_passkey_does_not_log_in(keys: Keys) -> None:
    current = await keys.access.enter(OWNER)
    added = await keys.add(current)
    await remove_passkey(current, added.credential_id, PASSWORD, keys.context)
    assert await keys.last_entry() == "shop-owner passkey removed shop-owner Laptop"
    assert await reason_of(keys.log_in()) is Reason.PASSKEY_UNKNOWN
    again = remove_passkey(current, added.credential_id, PASSWORD, keys.context)
    assert await reason_of(again) is Reason.PASSKEY_GONE


async def test_passkey_of_an_earlier_address_is_unknown(keys: Keys) -> None:
    await keys.add(await keys.access.enter(OWNER))
    offered = offer_login(OTHER_SITE, keys.context)
    device = replace(keys.device, origin=OTHER_SITE.origin)
    response = device.get(offered.options)
    work = keys.answer(response, offered, site=OTHER_SITE)
    assert await reason_of(work) is Reason.PASSKEY_UNKNOWN


async def test_address_with_many_unknown_passkeys_has_to_wait(keys: Keys) -> None:
    await keys.add(await keys.access.enter(OWNER))
    account = replace(keys.access.context, failed_logins=FailedAddresses())
    keys.context = replace(keys.context, account=account)
    for _ in range(21):
        assert await reason_of(keys.answer("{}", keys.offer())) is Reason.PASSKEY_UNKNOWN
    with pytest.raises(Overloaded):
        await keys.log_in()


@pytest.mark.parametrize("member", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("part", ["", "AAAA", "not base64 !", "eyJ9", "oA"])
async def test_malformed_parts_of_a_response_are_a_failed_login(
    keys: Keys, member: str, part: str
) -> None:
    await keys.add(await keys.access.enter(OWNER))
    offered = keys.offer()
    response = json.loads(keys.device.get(offered.options))
    response["response"][member] = part
    reason = await reason_of(keys.answer(json.dumps(response), offered))
    assert reason in {Reason.PASSKEY_REFUSED, Reason.PASSKEY_UNKNOWN}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 50_000, '{"id": 1}', "\udc80"])
async def test_text_that_is_no_response_names_no_passkey(keys: Keys, text: str) -> None:
    assert await reason_of(keys.answer(text, keys.offer())) is Reason.PASSKEY_UNKNOWN
    current = await keys.access.enter(OWNER)
    offered = await keys.offered(current)
    work = add_passkey(current, sent("Laptop", text, offered), SITE, keys.context)
    assert await reason_of(work) is Reason.PASSKEY_NOT_CREATED


@pytest.mark.parametrize("handle", [b"1.\0", b"1.a\0b", b"1.\x1b", b"999999999.a", b"1", b"\xff"])
async def test_user_handle_that_is_not_ours_names_no_passkey(keys: Keys, handle: bytes) -> None:
    """The database has no text with U+0000: such a handle was HTTP 500, and was not counted."""
    await keys.add(await keys.access.enter(OWNER))
    device = Authenticator(SITE.origin, keys=[replace(keys.device.keys[0], user_handle=handle)])
    assert await reason_of(keys.log_in(device)) is Reason.PASSKEY_UNKNOWN


# ── Renaming and removing ─────────────────────────────────────────────────────────────────────────


async def test_passkey_is_renamed_with_the_present_password(keys: Keys) -> None:
    current = await keys.access.enter(OWNER)
    added = await keys.add(current)
    await keys.add(current, "Phone")
    name = added.credential_id
    for new, password, reason in (
        ("Phone", PASSWORD, Reason.PASSKEY_NAME_TAKEN),
        ("", PASSWORD, Reason.PASSKEY_NAME),
        ("Tablet", "wrong", Reason.WRONG_PASSWORD),
    ):
        work = rename_passkey(current, name, new, password, keys.context)
        assert await reason_of(work) is reason
    await rename_passkey(current, name, "Tablet", PASSWORD, keys.context)
    names = {each.name for each in await own_passkeys(current, keys.context)}
    assert names == {"Tablet", "Phone"}
    assert await keys.last_entry() == "shop-owner passkey renamed shop-owner Laptop → Tablet"


async def test_another_users_passkey_is_neither_renamed_nor_removed(keys: Keys) -> None:
    owners = await keys.add(await keys.access.enter(OWNER))
    operator = await keys.access.enter("shop-operator")
    name = owners.credential_id
    for work in (
        remove_passkey(operator, name, PASSWORD, keys.context),
        rename_passkey(operator, name, "Mine", PASSWORD, keys.context),
        remove_passkey(operator, b"", PASSWORD, keys.context),
    ):
        assert await reason_of(work) is Reason.PASSKEY_GONE
    await keys.log_in()


async def test_removal_needs_the_present_password(keys: Keys) -> None:
    current = await keys.access.enter(OWNER)
    added = await keys.add(current)
    work = remove_passkey(current, added.credential_id, "wrong", keys.context)
    assert await reason_of(work) is Reason.WRONG_PASSWORD
    assert (await keys.access.user(OWNER)).failed_logins == 1
    await keys.log_in()


async def test_staff_removes_the_passkeys_of_its_shop_only(keys: Keys, pool: Pool) -> None:
    other = await open_access(pool, "books")
    current = await keys.access.enter(OWNER)
    passkeys = [await keys.add(current, "Laptop"), await keys.add(current, "Phone")]
    store, context = keys.context.store, keys.access.context
    assert await remove_for_user(passkeys, other.staff, store, context) == 0
    assert await remove_for_user(passkeys, keys.access.staff, store, context) == 2
    assert await own_passkeys(current, keys.context) == []
    operator = await keys.access.actor("shop-operator")
    work = remove_for_user(passkeys, operator, store, context)
    assert await reason_of(work) is Reason.NOT_PERMITTED
    assert await keys.last_entry() == "staff passkey removed shop-owner Phone"


async def test_used_challenges_are_forgotten_when_they_have_ended(keys: Keys, pool: Pool) -> None:
    await keys.add(await keys.access.enter(OWNER))
    await keys.log_in()
    keys.access.clock.move(minutes=5)
    await keys.log_in()
    assert await pool.fetchval("SELECT count(*) FROM used_challenges") == 1
