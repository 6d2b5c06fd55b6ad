"""The vault: what is sealed for a merchant opens for that merchant, and for nobody else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.card.values import Pan
from altyn.security.keys import KeyRing
from altyn.security.vault import KeyMissingError, SealBrokenError, SealedPan, Vault

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
def test_what_is_sealed_opens_for_its_merchant(pan: Pan, merchant_id: int) -> None:
    vault = Vault(RING)
    sealed = vault.seal(pan, merchant_id=merchant_id)

    assert vault.open(sealed, merchant_id=merchant_id) == pan
    stored = sealed.wrapped_key + sealed.nonce + sealed.ciphertext
    assert pan.reveal().encode() not in stored


def test_a_row_carried_to_another_merchant_does_not_open(vault: Vault) -> None:
    sealed = vault.seal(PAN, merchant_id=SHOP)

    with pytest.raises(SealBrokenError):
        vault.open(sealed, merchant_id=OTHER_SHOP)
    with pytest.raises(SealBrokenError):
        Vault(ROTATED).rewrap(sealed, merchant_id=OTHER_SHOP)


def test_each_half_of_a_row_is_bound_to_the_merchant(vault: Vault) -> None:
    here, there = (vault.seal(PAN, merchant_id=shop) for shop in (SHOP, OTHER_SHOP))
    carried = dataclasses.replace(there, wrapped_key=here.wrapped_key)

    with pytest.raises(SealBrokenError):
        vault.open(carried, merchant_id=SHOP)


def test_sealing_twice_gives_nothing_to_compare(vault: Vault) -> None:
    one, two = (vault.seal(PAN, merchant_id=SHOP) for _ in range(2))

    assert one.ciphertext != two.ciphertext
    assert one.nonce != two.nonce
    assert one.wrapped_key != two.wrapped_key


@pytest.mark.parametrize("column", ["wrapped_key", "nonce", "ciphertext"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda stored: bytes([stored[0] ^ 1]) + stored[1:],
        lambda stored: stored[:-1] + bytes([stored[-1] ^ 0x80]),
        lambda stored: stored[:-1],
        lambda stored: stored + b"\0",
        lambda _: b"",
    ],
    ids=["first bit", "last bit", "shorter", "longer", "empty"],
)
def test_a_changed_row_does_not_open(
    vault: Vault, column: str, spoil: Callable[[bytes], bytes]
) -> None:
    sealed = vault.seal(PAN, merchant_id=SHOP)
    changed: dict[str, Any] = {column: spoil(getattr(sealed, column))}
    spoilt = dataclasses.replace(sealed, **changed)

    with pytest.raises(SealBrokenError) as refused:
        vault.open(spoilt, merchant_id=SHOP)
    assert PAN.reveal() not in str(refused.value)


def test_a_row_that_names_another_key_does_not_open() -> None:
    sealed = Vault(RING).seal(PAN, merchant_id=SHOP)

    with pytest.raises(SealBrokenError):
        Vault(ROTATED).open(dataclasses.replace(sealed, key_id="k2"), merchant_id=SHOP)


def test_after_a_rotation_old_rows_open_and_new_rows_take_the_new_key() -> None:
    old = Vault(RING).seal(PAN, merchant_id=SHOP)
    rotated = Vault(ROTATED)

    assert rotated.open(old, merchant_id=SHOP) == PAN
    assert rotated.seal(PAN, merchant_id=SHOP).key_id == "k2" == rotated.active_key_id


def test_rewrapping_changes_the_key_and_leaves_the_card_number_sealed() -> None:
    old = Vault(RING).seal(PAN, merchant_id=SHOP)
    new = Vault(ROTATED).rewrap(old, merchant_id=SHOP)

    assert new.key_id == "k2"
    assert new.wrapped_key != old.wrapped_key
    assert (new.nonce, new.ciphertext) == (old.nonce, old.ciphertext)
    only_new = dataclasses.replace(ROTATED, vault_keys={"k2": KEY_2})
    assert Vault(only_new).open(new, merchant_id=SHOP) == PAN


def test_rewrapping_under_the_same_key_is_no_change(vault: Vault) -> None:
    sealed = vault.seal(PAN, merchant_id=SHOP)

    assert vault.rewrap(sealed, merchant_id=SHOP) is sealed


def test_a_key_that_is_not_there_is_named(vault: Vault) -> None:
    sealed = Vault(ROTATED).seal(PAN, merchant_id=SHOP)

    with pytest.raises(KeyMissingError, match="k2") as refused:
        vault.open(sealed, merchant_id=SHOP)
    assert refused.value.key_id == "k2"


def test_a_key_made_by_another_process_is_read_when_it_is_met(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    running = Vault(KeyRing.create(path), reread=lambda: KeyRing.load(path))
    sealed = Vault(KeyRing.rotate(path)).seal(PAN, merchant_id=SHOP)

    assert running.open(sealed, merchant_id=SHOP) == PAN
    assert running.active_key_id == sealed.key_id


def test_a_running_process_takes_a_rotation_when_told() -> None:
    rings = [ROTATED]
    vault = Vault(RING, reread=rings.pop)
    vault.reread_keys()

    assert vault.seal(PAN, merchant_id=SHOP).key_id == "k2"


@given(pan=pans, other=pans, merchant_id=merchants, other_merchant=merchants)
def test_a_fingerprint_tells_the_same_card_of_the_same_shop_and_no_more(
    pan: Pan, other: Pan, merchant_id: int, other_merchant: int
) -> None:
    vault = Vault(RING)
    fingerprint = vault.fingerprint(pan, merchant_id=merchant_id)
    another = vault.fingerprint(other, merchant_id=other_merchant)

    assert len(fingerprint) == 32
    assert fingerprint == Vault(ROTATED).fingerprint(pan, merchant_id=merchant_id)
    assert (fingerprint == another) == ((pan, merchant_id) == (other, other_merchant))


def test_two_shops_cannot_compare_a_card(vault: Vault) -> None:
    assert vault.fingerprint(PAN, merchant_id=SHOP) != vault.fingerprint(
        PAN, merchant_id=OTHER_SHOP
    )


def test_another_fingerprint_key_gives_another_fingerprint(vault: Vault) -> None:
    another = Vault(dataclasses.replace(RING, fingerprint_key=b"g" * 32))

    assert vault.fingerprint(PAN, merchant_id=SHOP) != another.fingerprint(PAN, merchant_id=SHOP)


def test_a_sealed_row_prints_its_key_id_only(vault: Vault) -> None:
    assert repr(vault.seal(PAN, merchant_id=SHOP)) == "SealedPan(key_id='k1')"
    assert [field.name for field in dataclasses.fields(SealedPan)] == [
        "key_id",
        "wrapped_key",
        "nonce",
        "ciphertext",
    ]
