"""Signing keys: created for a shop, encrypted in the database, the same in every process soon."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID

from altyn.domain.merchant import Merchant
from altyn.operations.ports import UnknownMerchantError
from altyn.storage.database import Listener, Pool
from altyn.storage.signing_keys import SigningKey, SigningKeyError, SigningKeys
from tests.integration.storage.processes import Staff, eventually

KEY: Final = b"k" * 32
NOW: Final = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)  # the 22nd in Moscow
MESSAGE: Final = b"mdOrder;1;operation;deposited;"


@dataclass
class Bench:
    """A database with one shop, and signing keys as a command uses them: without a cache."""

    pool: Pool
    url: str
    shop: Merchant

    @property
    def keys(self) -> SigningKeys:
        return SigningKeys(self.pool, None, KEY)

    @contextlib.asynccontextmanager
    async def process(self) -> AsyncIterator[SigningKeys]:
        """The signing keys of a running process."""
        listener = Listener(self.url, heartbeat_seconds=0.2)
        keys = SigningKeys(self.pool, listener, KEY)
        await listener.start()
        try:
            yield keys
        finally:
            await listener.stop()


@pytest.fixture
async def bench(pool: Pool, database_url: str) -> Bench:
    return Bench(pool, database_url, await Staff(pool).add_shop("shop"))


async def test_shop_has_no_key_until_one_is_created(bench: Bench) -> None:
    assert await bench.keys.current(bench.shop.merchant_id) is None
    assert list(await bench.keys.certificates(bench.shop.merchant_id)) == []


async def test_stored_key_is_the_created_key_and_signs(bench: Bench) -> None:
    created = await bench.keys.create(bench.shop.merchant_id, NOW)
    found = await bench.keys.current(bench.shop.merchant_id)
    assert found == created
    assert found is not None
    assert found.alias == "altyn-shop-20261122-1"
    signature = found.private_key.sign(MESSAGE, padding.PKCS1v15(), hashes.SHA512())
    checked_by(created).verify(signature, MESSAGE, padding.PKCS1v15(), hashes.SHA512())


async def test_certificate_names_the_shop_and_is_self_signed(bench: Bench) -> None:
    created = await bench.keys.create(bench.shop.merchant_id, NOW)
    certificate = x509.load_pem_x509_certificate(created.certificate.encode())
    name = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0]
    assert name.value == "shop"
    certificate.verify_directly_issued_by(certificate)
    assert checked_by(created).key_size == 2048
    assert certificate.not_valid_before_utc < NOW
    assert certificate.not_valid_after_utc > NOW + timedelta(days=9 * 365)


async def test_newest_key_signs_and_older_certificates_stay(bench: Bench) -> None:
    first = await bench.keys.create(bench.shop.merchant_id, NOW)
    second = await bench.keys.create(bench.shop.merchant_id, NOW)
    assert await bench.keys.current(bench.shop.merchant_id) == second
    listed = await bench.keys.certificates(bench.shop.merchant_id)
    assert [(each.alias, each.pem) for each in listed] == [
        (second.alias, second.certificate),
        (first.alias, first.certificate),
    ]
    assert second.alias == "altyn-shop-20261122-2"


async def test_two_keys_created_at_once_have_two_numbers(bench: Bench) -> None:
    created = await asyncio.gather(
        *(bench.keys.create(bench.shop.merchant_id, NOW) for _ in range(2))
    )
    assert {each.alias[-2:] for each in created} == {"-1", "-2"}
    assert len({each.certificate for each in created}) == 2


async def test_each_shop_has_its_own_keys(bench: Bench) -> None:
    other = await Staff(bench.pool).add_shop("other")
    await bench.keys.create(bench.shop.merchant_id, NOW)
    assert await bench.keys.current(other.merchant_id) is None
    with pytest.raises(UnknownMerchantError):
        await bench.keys.create(77, NOW)


async def test_new_key_signs_in_every_process(bench: Bench) -> None:
    number = bench.shop.merchant_id
    async with bench.process() as one, bench.process() as two:
        assert await one.current(number) is None
        assert await two.current(number) is None
        created = await one.create(number, NOW)
        for keys in (one, two):

            async def known(keys: SigningKeys = keys) -> bool:
                return await keys.current(number) == created

            await eventually(known)


async def test_key_is_loaded_once(bench: Bench) -> None:
    created = await bench.keys.create(bench.shop.merchant_id, NOW)
    async with bench.process() as keys:
        await keys.current(bench.shop.merchant_id)
        # No process is notified of this change: only the cache can still answer.
        await bench.pool.execute("DELETE FROM signing_keys")
        assert await keys.current(bench.shop.merchant_id) == created


async def test_private_key_is_not_stored_in_clear(bench: Bench) -> None:
    created = await bench.keys.create(bench.shop.merchant_id, NOW)
    secret = created.private_key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    row = await bench.pool.fetchrow("SELECT * FROM signing_keys")
    assert row is not None
    # A prime is the secret itself, however it is packed.
    prime = created.private_key.private_numbers().p.to_bytes(128, "big")
    assert prime in secret
    assert prime not in row["sealed"]
    assert "PRIVATE" not in row["certificate"]
    assert "private_key" not in repr(created)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE signing_keys SET alias = 'altyn-shop-20261122-9'",
        "UPDATE signing_keys SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)",
        "UPDATE signing_keys SET sealed = 'short'",
        "UPDATE signing_keys SET merchant_id = 2",
    ],
)
async def test_row_that_was_changed_or_copied_to_another_merchant_is_refused(
    bench: Bench, change: str
) -> None:
    thief = await Staff(bench.pool).add_shop("thief")
    assert (bench.shop.merchant_id, thief.merchant_id) == (1, 2)
    await bench.keys.create(bench.shop.merchant_id, NOW)
    await bench.pool.execute(change)
    owner = thief if "merchant_id" in change else bench.shop
    with pytest.raises(SigningKeyError, match="altyn-shop-20261122-"):
        await bench.keys.current(owner.merchant_id)


async def test_key_of_another_key_file_is_refused_and_can_be_replaced(bench: Bench) -> None:
    await bench.keys.create(bench.shop.merchant_id, NOW)
    another = SigningKeys(bench.pool, None, b"x" * 32)
    with pytest.raises(SigningKeyError, match="--new"):
        await another.current(bench.shop.merchant_id)
    created = await another.create(bench.shop.merchant_id, NOW)
    assert await another.current(bench.shop.merchant_id) == created


def checked_by(key: SigningKey) -> RSAPublicKey:
    """The public key that the shop has from the certificate."""
    public = x509.load_pem_x509_certificate(key.certificate.encode()).public_key()
    assert isinstance(public, RSAPublicKey)
    return public
