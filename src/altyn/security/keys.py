"""The key file: the keys of the card vault, the fingerprint key, and the root key, from which all
other secrets are derived.

It is never kept in the database, so neither a stolen dump nor a stolen key file alone reveals a
card number. A key service may wrap it (`wrapped_file.py`). Source: docs/architecture.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from altyn.domain.key_service import KeyService
from altyn.security.key_files import KeyFileError, change_file, create_file, read_key_file
from altyn.security.wrapped_file import (
    FORMAT,
    FileKey,
    WrappedFile,
    WrappedFileChangedError,
    encrypt_content,
)

__all__ = ["KEY_BYTES", "KeyFileError", "KeyRing"]

KEY_BYTES: Final = 32
_RESTORE: Final = "Restore the file from a backup; a new file cannot decrypt the stored cards."


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one installation: the vault keys, of which one is active, one fingerprint key,
    and one root key.

    `sandbox` is true for a ring that a sandbox created at its first start; production refuses it.
    """

    active: str
    vault_keys: Mapping[str, bytes] = field(repr=False)
    fingerprint_key: bytes = field(repr=False)
    root: bytes = field(repr=False)
    sandbox: bool

    @classmethod
    def load(cls, path: Path, service: KeyService | None = None) -> KeyRing:
        """Read a key file, which `service` has wrapped; without one the file has its keys plain.

        Refuses with KeyFileError: a file that is missing, unreadable, not a regular file,
        accessible to other users, malformed, or wrapped otherwise than `service` does; then with
        KeyServiceError.
        """
        return _open(read_key_file(path), path, service).ring

    @classmethod
    def create(
        cls, path: Path, *, sandbox: bool = True, service: KeyService | None = None
    ) -> KeyRing:
        """Create the key file, or read it if it exists. If two processes create it at once, the
        second one reads the file of the first."""

        def content() -> bytes:
            file_key = None if service is None else FileKey.new(service)
            return _Opened(_new_ring(sandbox=sandbox), file_key).content()

        create_file(path, content)
        return cls.load(path, service)

    @classmethod
    def rotate(cls, path: Path, service: KeyService | None = None) -> KeyRing:
        """Add a new vault key and make it active; the old keys stay, because rows are still
        encrypted under them."""
        return _change(path, service, lambda ring: _with_new_key(ring, active=True))

    @classmethod
    def stage(cls, path: Path, service: KeyService | None = None) -> KeyRing:
        """Add a new vault key without using it yet: the first half of a rotation over several
        machines.

        The file is copied to every machine before `activate`, so that each of them can decrypt the
        rows of the others.
        """
        return _change(path, service, lambda ring: _with_new_key(ring, active=False))

    @classmethod
    def activate(cls, path: Path, key_id: str, service: KeyService | None = None) -> KeyRing:
        """Make a key of the file the active one: the second half of a rotation over several
        machines."""
        return _change(
            path, service, lambda ring: replace(_having(ring, key_id, path), active=key_id)
        )

    @classmethod
    def remove(cls, path: Path, key_id: str, service: KeyService | None = None) -> KeyRing:
        """Remove a key that is not active; the caller has made sure that no row needs it."""

        def removed(ring: KeyRing) -> KeyRing:
            ring.refuse_removal(key_id, path)
            keys = dict(ring.vault_keys)
            del keys[key_id]
            return replace(ring, vault_keys=MappingProxyType(keys))

        return _change(path, service, removed)

    def refuse_removal(self, key_id: str, path: Path) -> None:
        """Raise KeyFileError for a key that does not exist, or that is active."""
        if key_id == _having(self, key_id, path).active:
            raise KeyFileError(
                what=f"key {key_id} is active, and new cards are encrypted with it",
                where=path,
                remedy="Add another key first, with `altyn keys rotate`.",
            )

    @classmethod
    def wrap(cls, path: Path, service: KeyService) -> KeyRing:
        """Wrap a plain key file; wrap a wrapped one again, under the newest key of the service."""

        def wrapped(content: bytes) -> bytes:
            plain = _wrapped_file(content, path) is None
            opened = _open(content, path, None if plain else service)
            file_key = (
                FileKey.new(service)
                if opened.file_key is None
                else FileKey.wrapped_again(opened.file_key.key, service)
            )
            return _Opened(opened.ring, file_key).content()

        change_file(path, wrapped)
        return cls.load(path, service)

    @classmethod
    def unwrap(cls, path: Path, service: KeyService) -> KeyRing:
        """Write the keys plain again, so that another service can wrap them."""
        change_file(path, lambda content: _Opened(_open(content, path, service).ring).content())
        return cls.load(path)

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one named purpose (HKDF-SHA-256 of the root).

        The bytes of one purpose reveal nothing about those of another.
        """
        return HKDF(
            SHA256(), KEY_BYTES, salt=None, info=b"altyn secret: " + purpose.encode()
        ).derive(self.root)


class _KeyFile(msgspec.Struct, forbid_unknown_fields=True):
    """The content of the key file; msgspec writes bytes as base64."""

    format: Literal["altyn-keys-1"]
    made_for: Literal["sandbox", "production"]
    active: str
    vault_keys: dict[str, bytes]
    fingerprint_key: bytes
    root: bytes


def _new_ring(*, sandbox: bool) -> KeyRing:
    key_id = _new_key_id(number=1)
    return KeyRing(
        active=key_id,
        vault_keys=MappingProxyType({key_id: secrets.token_bytes(KEY_BYTES)}),
        fingerprint_key=secrets.token_bytes(KEY_BYTES),
        root=secrets.token_bytes(KEY_BYTES),
        sandbox=sandbox,
    )


def _with_new_key(ring: KeyRing, *, active: bool) -> KeyRing:
    numbers = [_number(key_id) for key_id in ring.vault_keys]
    key_id = _new_key_id(number=max(numbers) + 1)
    keys = MappingProxyType({**ring.vault_keys, key_id: secrets.token_bytes(KEY_BYTES)})
    return replace(ring, vault_keys=keys, active=key_id if active else ring.active)


def _new_key_id(*, number: int) -> str:
    """A key id. Its number shows people the order of the keys; its random part distinguishes the
    keys of two machines."""
    return f"k{number}-{secrets.token_hex(4)}"


def _number(key_id: str) -> int:
    """The number in a key id; 0 for an id of another form."""
    digits = key_id.partition("-")[0].removeprefix("k")
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def _having(ring: KeyRing, key_id: str, path: Path) -> KeyRing:
    """The ring, if it has the key. Raises KeyFileError."""
    if key_id not in ring.vault_keys:
        raise KeyFileError(
            what=f"the key file has no key {key_id}",
            where=path,
            remedy=f"Choose one of {', '.join(ring.vault_keys)}.",
        )
    return ring


def _serialise(ring: KeyRing) -> bytes:
    content = _KeyFile(
        format="altyn-keys-1",
        made_for="sandbox" if ring.sandbox else "production",
        active=ring.active,
        vault_keys=dict(ring.vault_keys),
        fingerprint_key=ring.fingerprint_key,
        root=ring.root,
    )
    return msgspec.json.format(msgspec.json.encode(content)) + b"\n"


def _parse(content: bytes, path: Path) -> KeyRing:
    try:
        keys = msgspec.json.decode(content, type=_KeyFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # `from None`: a parser's message may quote the content that it could not read.
        what = str(error) if isinstance(error, msgspec.ValidationError) else "is not JSON"
        raise KeyFileError(what=f"malformed: {what}", where=path, remedy=_RESTORE) from None
    all_keys = [*keys.vault_keys.values(), keys.fingerprint_key, keys.root]
    if any(len(key) != KEY_BYTES for key in all_keys):
        what = f"malformed: a key does not have {KEY_BYTES} bytes"
        raise KeyFileError(what=what, where=path, remedy=_RESTORE)
    if keys.active not in keys.vault_keys:
        what = "malformed: the active key is not among the vault keys"
        raise KeyFileError(what=what, where=path, remedy=_RESTORE)
    return KeyRing(
        active=keys.active,
        vault_keys=MappingProxyType(keys.vault_keys),
        fingerprint_key=keys.fingerprint_key,
        root=keys.root,
        sandbox=keys.made_for == "sandbox",
    )


@dataclass(frozen=True, slots=True)
class _Opened:
    """A key file that was read: its ring, and its file key if it is wrapped."""

    ring: KeyRing
    file_key: FileKey | None = None

    def content(self) -> bytes:
        """The file, wrapped under the same file key."""
        plain = _serialise(self.ring)
        return plain if self.file_key is None else encrypt_content(plain, self.file_key)


def _change(
    path: Path, service: KeyService | None, change: Callable[[KeyRing], KeyRing]
) -> KeyRing:
    changed: list[KeyRing] = []

    def changed_content(content: bytes) -> bytes:
        opened = _open(content, path, service)
        changed.append(change(opened.ring))
        return _Opened(changed[-1], opened.file_key).content()

    change_file(path, changed_content)
    return changed[-1]


def _open(content: bytes, path: Path, service: KeyService | None) -> _Opened:
    wrapped = _wrapped_file(content, path)
    if wrapped is None and service is None:
        return _Opened(_parse(content, path))
    if wrapped is None or service is None or wrapped.wrapped_by != service.name:
        raise _wrapped_otherwise(path, wrapped, service)
    file_key = wrapped.file_key(service)
    try:
        return _Opened(_parse(wrapped.content(file_key), path), file_key)
    except WrappedFileChangedError:
        what = "malformed: it was changed after it was wrapped"
        raise KeyFileError(what=what, where=path, remedy=_RESTORE) from None


def _wrapped_file(content: bytes, path: Path) -> WrappedFile | None:
    """The wrapped file; None for a content of another form, which `_parse` judges."""
    try:
        if msgspec.json.decode(content, type=_Form).format != FORMAT:
            return None
        return msgspec.json.decode(content, type=WrappedFile)
    except msgspec.ValidationError as error:
        if content.find(FORMAT.encode()) < 0:
            return None
        what = f"malformed: {error}"
        raise KeyFileError(what=what, where=path, remedy=_RESTORE) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


class _Form(msgspec.Struct):
    """The one member that both forms of a key file have."""

    format: str


def _wrapped_otherwise(
    path: Path, wrapped: WrappedFile | None, service: KeyService | None
) -> KeyFileError:
    """The file is plain and should be wrapped, or the reverse, or it has another service."""
    if wrapped is None:
        assert service is not None
        return KeyFileError(
            what=f"the keys are plain, but the settings name a key service ({service.name})",
            where=path,
            remedy="Wrap the file with `altyn keys wrap`, or remove that setting.",
        )
    named = "no key service" if service is None else service.name
    return KeyFileError(
        what=f"the file is wrapped by {wrapped.wrapped_by}, and the settings name {named}",
        where=path,
        remedy="Set ALTYN_KEY_ENCRYPTION_KEY, ALTYN_KEY_ENCRYPTION_KEY_FILE or ALTYN_TRANSIT_URL "
        "and ALTYN_TRANSIT_KEY as they were when the file was wrapped.",
    )
