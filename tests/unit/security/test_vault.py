"""A card number that was encrypted for a merchant is decrypted for that merchant only."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.card.values import Pan
from altyn.security.keys import KeyRing
from altyn.security.vault import DecryptionError, EncryptedPan, KeyMissingError, Vault

PAN = Pan("4111111111111111")
SHOP, OTHER_SHOP = 7, 8

KEY_1, KEY_2 = b"1" * 32, b"2" * 32
RING = KeyRing(
    active="k1",
    vault_keys={"k1": KEY_1},
    fingerprint_key=b"f" * 32,
    root=b"r" * 32,
    sandbox=True,
)
ROTATED = dataclasses.replace(RING, active="k2", vault_keys={"k1": KEY_1, "k2": KEY_2})

pans = st.text("0123456789", min_size=12, max_size=19).map(Pan)
merchants = st.integers(0, 2**63 - 1)


@pytest.fixture
def vault() -> Vault:
    return Vault(RING)


@given(pan=pans, merchant_id=merchants)
def test_card_number_is_decrypted_for_its_merchant(pan: Pan, merchant_id: int) -> None:
    vault = Vault(RING)
    encrypted = vault.encrypt(pan, merchant_id=merchant_id)

    assert vault.decrypt(encrypted, merchant_id=merchant_id) == pan
    stored = encrypted.wrapped_key + encrypted.nonce + encrypted.ciphertext
    assert pan.reveal().encode() not in stored


def test_row_copied_to_another_merchant_is_refused(vault: Vault) -> None:
    encrypted = vault.encrypt(PAN, merchant_id=SHOP)

    with pytest.raises(DecryptionError):
        vault.decrypt(encrypted, merchant_id=OTHER_SHOP)
    with pytest.raises(DecryptionError):
        Vault(ROTATED).rewrap(encrypted, merchant_id=OTHER_SHOP)


def test_wrapped_key_and_ciphertext_are_both_bound_to_the_merchant(vault: Vault) -> None:
    here, there = (vault.encrypt(PAN, merchant_id=shop) for shop in (SHOP, OTHER_SHOP))
    mixed = dataclasses.replace(there, wrapped_key=here.wrapped_key)

    with pytest.raises(DecryptionError):
        vault.decrypt(mixed, merchant_id=SHOP)


def test_same_card_encrypted_twice_shares_no_bytes(vault: Vault) -> None:
    one, two = (vault.encrypt(PAN, merchant_id=SHOP) for _ in range(2))

    assert one.ciphertext != two.ciphertext
    assert one.nonce != two.nonce
    assert one.wrapped_key != two.wrapped_key


@pytest.mark.parametrize("column", ["wrapped_key", "nonce", "ciphertext"])
@pytest.mark.parametrize(
    "change",
    [
        lambda stored: bytes([stored[0] ^ 1]) + stored[1:],
        lambda stored: stored[:-1] + bytes([stored[-1] ^ 0x80]),
        lambda stored: stored[:-1],
        lambda stored: stored + b"\0",
        lambda _: b"",
    ],
    ids=["first bit", "last bit", "shorter", "longer", "empty"],
)
def test_changed_row_is_refused(
    vault: Vault, column: str, change: Callable[[bytes], bytes]
) -> None:
    encrypted = vault.encrypt(PAN, merchant_id=SHOP)
    changed: dict[str, Any] = {column: change(getattr(encrypted, column))}
    broken = dataclasses.replace(encrypted, **changed)

    with pytest.raises(DecryptionError) as refused:
        vault.decrypt(broken, merchant_id=SHOP)
    assert PAN.reveal() not in str(refused.value)


def test_row_that_names_another_key_is_refused() -> None:
    encrypted = Vault(RING).encrypt(PAN, merchant_id=SHOP)

    with pytest.raises(DecryptionError):
        Vault(ROTATED).decrypt(dataclasses.replace(encrypted, key_id="k2"), merchant_id=SHOP)


def test_after_a_rotation_old_rows_are_decrypted_and_new_rows_use_the_new_key() -> None:
    old = Vault(RING).encrypt(PAN, merchant_id=SHOP)
    rotated = Vault(ROTATED)

    assert rotated.decrypt(old, merchant_id=SHOP) == PAN
    assert rotated.encrypt(PAN, merchant_id=SHOP).key_id == "k2" == rotated.active_key_id


def test_rewrapping_changes_the_key_and_keeps_the_ciphertext() -> None:
    old = Vault(RING).encrypt(PAN, merchant_id=SHOP)
    new = Vault(ROTATED).rewrap(old, merchant_id=SHOP)

    assert new.key_id == "k2"
    assert new.wrapped_key != old.wrapped_key
    assert (new.nonce, new.ciphertext) == (old.nonce, old.ciphertext)
    only_new = dataclasses.replace(ROTATED, vault_keys={"k2": KEY_2})
    assert Vault(only_new).decrypt(new, merchant_id=SHOP) == PAN


def test_rewrapping_under_the_same_key_changes_nothing(vault: Vault) -> None:
    encrypted = vault.encrypt(PAN, merchant_id=SHOP)

    assert vault.rewrap(encrypted, merchant_id=SHOP) is encrypted


def test_missing_key_is_named(vault: Vault) -> None:
    encrypted = Vault(ROTATED).encrypt(PAN, merchant_id=SHOP)

    with pytest.raises(KeyMissingError, match="k2") as refused:
        vault.decrypt(encrypted, merchant_id=SHOP)
    assert refused.value.key_id == "k2"


def test_key_added_by_another_process_decrypts_after_rereading(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    running = Vault(KeyRing.create(path), reread=lambda: KeyRing.load(path))
    encrypted = Vault(KeyRing.rotate(path)).encrypt(PAN, merchant_id=SHOP)

    with pytest.raises(KeyMissingError):
        running.decrypt(encrypted, merchant_id=SHOP)
    running.reread_keys()
    assert running.decrypt(encrypted, merchant_id=SHOP) == PAN
    assert running.active_key_id == encrypted.key_id


def test_running_process_uses_the_new_key_after_rereading() -> None:
    rings = [ROTATED]
    vault = Vault(RING, reread=rings.pop)
    vault.reread_keys()

    assert vault.encrypt(PAN, merchant_id=SHOP).key_id == "k2"


@given(pan=pans, other=pans, merchant_id=merchants, other_merchant=merchants)
def test_fingerprints_are_equal_for_the_same_card_of_the_same_shop_only(
    pan: Pan, other: Pan, merchant_id: int, other_merchant: int
) -> None:
    vault = Vault(RING)
    fingerprint = vault.fingerprint(pan, merchant_id=merchant_id)
    another = vault.fingerprint(other, merchant_id=other_merchant)

    assert len(fingerprint) == 32
    assert fingerprint == Vault(ROTATED).fingerprint(pan, merchant_id=merchant_id)
    assert (fingerprint == another) == ((pan, merchant_id) == (other, other_merchant))


def test_fingerprints_of_two_shops_differ(vault: Vault) -> None:
    assert vault.fingerprint(PAN, merchant_id=SHOP) != vault.fingerprint(
        PAN, merchant_id=OTHER_SHOP
    )


def test_another_fingerprint_key_gives_another_fingerprint(vault: Vault) -> None:
    another = Vault(dataclasses.replace(RING, fingerprint_key=b"g" * 32))

    assert vault.fingerprint(PAN, merchant_id=SHOP) != another.fingerprint(PAN, merchant_id=SHOP)


def test_encrypted_row_prints_its_key_id_only(vault: Vault) -> None:
    assert repr(vault.encrypt(PAN, merchant_id=SHOP)) == "EncryptedPan(key_id='k1')"
    assert [field.name for field in dataclasses.fields(EncryptedPan)] == [
        "key_id",
        "wrapped_key",
        "nonce",
        "ciphertext",
    ]


def test_bytes_of_a_card_are_overwritten(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the ciphers got and gave is zeros afterwards; the results are whole."""
    held: list[bytes] = []

    class Cipher:
        generate_key = staticmethod(AESGCM.generate_key)

        def __init__(self, key: bytes) -> None:
            self.cipher = AESGCM(key)

        def encrypt(self, nonce: bytes, data: bytes, context: bytes) -> bytes:
            held.append(data)
            return self.cipher.encrypt(nonce, data, context)

        def decrypt(self, nonce: bytes, data: bytes, context: bytes) -> bytes:
            held.append(self.cipher.decrypt(nonce, data, context))
            return held[-1]

    def digest(key: bytes, message: bytes, name: str) -> bytes:
        held.append(message)
        return bytes(reversed(message)) + key

    monkeypatch.setattr("altyn.security.vault.AESGCM", Cipher)
    monkeypatch.setattr("altyn.security.vault.hmac.digest", digest)
    encrypted = vault.encrypt(PAN, merchant_id=SHOP)
    decrypted = vault.decrypt(encrypted, merchant_id=SHOP)
    assert PAN.reveal()[::-1].encode() in vault.fingerprint(PAN, merchant_id=SHOP)
    assert decrypted == PAN
    assert PAN.reveal() == "4111111111111111"
    assert len(held) == 3
    assert [set(each) for each in held] == [{0}] * 3
