"""A wrapped key file shows no key, needs its service, and is rotated without a new wrapping."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from altyn.domain.key_service import KeyServiceError, KeyTextError, parse_key
from altyn.installation_keys import CachedKeyService
from altyn.security.key_encryption_key import KeyEncryptionKey, read_key_encryption_key
from altyn.security.keys import KeyFileError, KeyRing

SECRET = bytes(range(32))


@dataclass
class CountingService:
    """A key service that counts how often it is asked."""

    key: KeyEncryptionKey = field(default_factory=lambda: KeyEncryptionKey(SECRET, source="test"))
    unwrapped: int = 0
    wrapped: int = 0

    @property
    def name(self) -> str:
        return self.key.name

    def wrap(self, key: bytes) -> str:
        self.wrapped += 1
        return self.key.wrap(key)

    def unwrap(self, wrapped: str) -> bytes:
        self.unwrapped += 1
        return self.key.unwrap(wrapped)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def service() -> CountingService:
    return CountingService()


def test_wrapped_file_shows_no_key_and_reads_back_the_same(
    path: Path, service: CountingService
) -> None:
    created = KeyRing.create(path, sandbox=False, service=service)
    text = path.read_text()

    assert KeyRing.load(path, service) == created
    for key in (*created.vault_keys.values(), created.fingerprint_key, created.root):
        assert base64.b64encode(key).decode() not in text
        assert key.hex() not in text
    assert set(json.loads(text)) == {"format", "wrapped_by", "wrapped_key", "nonce", "ciphertext"}


def test_plain_file_is_wrapped_and_unwrapped_without_a_change_of_its_keys(
    path: Path, service: CountingService
) -> None:
    plain = KeyRing.create(path)

    assert KeyRing.wrap(path, service) == plain
    with pytest.raises(KeyFileError, match="wrapped by"):
        KeyRing.load(path)
    assert KeyRing.unwrap(path, service) == plain
    assert KeyRing.load(path) == plain
    with pytest.raises(KeyFileError, match=r"plain.*altyn keys wrap"):
        KeyRing.load(path, service)


def test_rotation_keeps_the_wrapped_file_key(path: Path, service: CountingService) -> None:
    KeyRing.create(path, service=service)
    before = json.loads(path.read_text())
    service.wrapped = 0
    rotated = KeyRing.rotate(path, service)
    after = json.loads(path.read_text())

    assert service.wrapped == 0
    assert after["wrapped_key"] == before["wrapped_key"]
    assert (after["nonce"], after["ciphertext"]) != (before["nonce"], before["ciphertext"])
    assert KeyRing.load(path, service) == rotated
    assert len(rotated.vault_keys) == 2


def test_running_process_reads_a_rotated_file_without_its_service(
    path: Path, service: CountingService
) -> None:
    cached = CachedKeyService(service)
    KeyRing.create(path, service=cached)
    assert service.unwrapped == 1
    for _ in range(3):
        KeyRing.rotate(path, cached)
    assert len(KeyRing.load(path, cached).vault_keys) == 4
    assert service.unwrapped == 1
    KeyRing.wrap(path, service)
    assert service.unwrapped == 3, "`wrap` reads the file before and after"
    KeyRing.load(path, cached)
    KeyRing.load(path, cached)
    assert service.unwrapped == 4


def test_file_wrapped_by_another_key_names_both_keys(path: Path, service: CountingService) -> None:
    KeyRing.create(path, service=service)
    other = KeyEncryptionKey(os.urandom(32), source="test")

    with pytest.raises(KeyFileError) as refused:
        KeyRing.load(path, other)
    assert service.name in refused.value.what
    assert other.name in refused.value.what
    assert "ALTYN_KEY_ENCRYPTION_KEY" in refused.value.remedy


@pytest.mark.parametrize("member", ["wrapped_key", "nonce", "ciphertext"])
def test_changed_file_is_refused(path: Path, service: CountingService, member: str) -> None:
    KeyRing.create(path, service=service)
    content = json.loads(path.read_text())
    value = content[member]
    content[member] = value[:-6] + ("AAAA" if value[-6:-2] != "AAAA" else "BBBB") + value[-2:]
    path.write_text(json.dumps(content))

    with pytest.raises((KeyFileError, KeyServiceError)) as refused:
        KeyRing.load(path, service)
    assert value not in str(refused.value)


@pytest.mark.parametrize("change", [{"nonce": None}, {"more": 1}, {"ciphertext": "?"}], ids=str)
def test_malformed_wrapped_file_is_refused(
    path: Path, service: CountingService, change: dict[str, object]
) -> None:
    KeyRing.create(path, service=service)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))

    with pytest.raises(KeyFileError, match=r"malformed.*Restore"):
        KeyRing.load(path, service)


def test_removed_key_is_gone_and_the_active_one_stays(path: Path, service: CountingService) -> None:
    first = KeyRing.create(path, service=service)
    second = KeyRing.rotate(path, service)

    with pytest.raises(KeyFileError, match="is active"):
        KeyRing.remove(path, second.active, service)
    with pytest.raises(KeyFileError, match="has no key k9"):
        KeyRing.remove(path, "k9", service)
    assert set(KeyRing.remove(path, first.active, service).vault_keys) == {second.active}
    third = KeyRing.rotate(path, service)
    assert third.active.startswith("k3-"), "the number of a removed key is not used again"


def test_key_is_read_in_base64_and_hexadecimal_digits() -> None:
    assert parse_key(base64.b64encode(SECRET).decode()) == SECRET
    assert parse_key(f" {SECRET.hex()}\n") == SECRET


@pytest.mark.parametrize(
    "text",
    ["", "secret", SECRET.hex()[:-2], base64.b64encode(SECRET[:31]).decode(), "0" * 64, "ab" * 32],
)
def test_short_or_repetitive_key_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(KeyTextError, match="openssl rand -base64 32") as refused:
        parse_key(text)
    assert not text or text not in str(refused.value)


def test_file_of_a_key_encryption_key_must_be_private_and_complete(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    path.write_text(SECRET.hex())
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        read_key_encryption_key(path)
    path.chmod(0o600)
    assert read_key_encryption_key(path) == SECRET
    path.write_text(SECRET.hex()[:40])
    with pytest.raises(KeyFileError, match="32 random bytes"):
        read_key_encryption_key(path)
    with pytest.raises(KeyFileError, match="missing"):
        read_key_encryption_key(tmp_path / "none")
