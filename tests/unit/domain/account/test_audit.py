"""A chain that was altered in any place is found, whatever was altered."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from altyn.domain.account.audit import (
    AuditAction,
    AuditEntry,
    ChainedEntry,
    ChainHead,
    chained,
    first_fault,
)

KEY = b"k" * 32
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def a_chain(length: int, *, merchant_id: int = 1, key: bytes = KEY) -> list[ChainedEntry]:
    head, chain = ChainHead(), list[ChainedEntry]()
    for number in range(length):
        entry = AuditEntry(
            merchant_id=merchant_id,
            at=NOW + timedelta(seconds=number),
            actor=f"user-{number % 3}",
            address="192.0.2.1",
            action=list(AuditAction)[number % len(AuditAction)],
            subject=f"subject {number}",
            detail="x" * (number % 4),
        )
        chain.append(chained(entry, head, key))
        head = chain[-1].head(key)
    return chain


def newest_of(chain: Sequence[ChainedEntry]) -> ChainHead:
    return chain[-1].head(KEY) if chain else ChainHead()


@pytest.mark.parametrize("length", [0, 1, 2, 40])
def test_chain_as_it_was_written_has_no_fault(length: int) -> None:
    chain = a_chain(length)
    assert first_fault(chain, newest_of(chain), KEY) is None


ALTERATIONS: dict[str, Any] = {
    "merchant_id": 2,
    "at": NOW - timedelta(microseconds=1),
    "actor": "another",
    "address": "",
    "action": "nothing",
    "subject": "nothing",
    "detail": "nothing",
}


@pytest.mark.parametrize("member", ALTERATIONS)
@pytest.mark.parametrize("seed", range(10))
def test_altered_entry_is_found(member: str, seed: int) -> None:
    chain = a_chain(20)
    place = random.Random(seed).randrange(20)
    chain_entry = chain[place]
    entry = replace(chain_entry.entry, **{member: ALTERATIONS[member]})
    newest = newest_of(chain)
    chain[place] = replace(chain_entry, entry=entry)
    fault = first_fault(chain, newest, KEY)
    assert fault is not None
    assert fault.number == place + 1


@pytest.mark.parametrize("seed", range(60))
def test_removed_entries_are_found(seed: int) -> None:
    choose, chain = random.Random(seed), a_chain(20)
    newest = newest_of(chain)
    removed = choose.sample(range(20), choose.randint(1, 20))
    kept = [entry for place, entry in enumerate(chain) if place not in removed]
    fault = first_fault(kept, newest, KEY)
    assert fault is not None
    assert fault.number == min(removed) + 1


@pytest.mark.parametrize("seed", range(20))
def test_entries_in_another_order_are_found(seed: int) -> None:
    chain = a_chain(20)
    newest, shuffled = newest_of(chain), list(chain)
    random.Random(seed).shuffle(shuffled)
    assert first_fault(shuffled, newest, KEY) is not None
    renumbered = [replace(entry, number=at + 1) for at, entry in enumerate(shuffled)]
    assert first_fault(renumbered, newest, KEY) is not None


def test_entries_removed_from_the_end_are_found_with_the_newest_hash_replaced() -> None:
    chain = a_chain(20)
    last = chain[9]
    for proof in (newest_of(chain).proof, last.hash, b""):
        assert first_fault(chain[:10], ChainHead(10, last.hash, proof), KEY) is not None
    assert first_fault([], ChainHead(), KEY) is None  # nothing was ever written, or all was removed


def test_chain_written_with_another_key_is_found() -> None:
    forged = a_chain(5, key=b"another key")
    fault = first_fault(forged, forged[-1].head(b"another key"), KEY)
    assert fault is not None
    assert fault.number == 1


def test_entry_of_another_merchant_does_not_fit() -> None:
    other = a_chain(3, merchant_id=2)
    moved = [replace(each, entry=replace(each.entry, merchant_id=1)) for each in other]
    assert first_fault(moved, newest_of(other), KEY) is not None
