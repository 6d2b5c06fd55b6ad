"""The key file: the keys of the card vault, the fingerprint key, and the root key, from which all
other secrets are derived.

It is never kept in the database, so neither a stolen dump nor a stolen key file alone reveals a
card number. Source: docs/architecture.md.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
FILE_BYTES_MAX: Final = 1 << 20
_GROUP_AND_WORLD: Final = stat.S_IRWXG | stat.S_IRWXO
_CREATE_FIRST: Final = "Name the right file, or create one with `altyn keys create`."


class KeyFileError(Exception):
    """The key file cannot be used; the text says what is wrong, where, and what to do.

    It never quotes a key.
    """

    def __init__(self, *, what: str, where: Path, remedy: str) -> None:
        super().__init__(f"{where}: {what}. {remedy}")
        self.what = what
        self.where = where
        self.remedy = remedy


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
    def load(cls, path: Path) -> KeyRing:
        """Read a key file.

        Refuses with KeyFileError: a file that is missing, unreadable, not a regular file,
        accessible to other users, or malformed.
        """
        return _parse(_read(path), path)

    @classmethod
    def create(cls, path: Path, *, sandbox: bool = True) -> KeyRing:
        """Create the key file, or read it if it exists. If two processes create it at once, the
        second one reads the file of the first."""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                _publish(path, _serialise(_new_ring(sandbox=sandbox)), replace_existing=False)
            _sync_folder(path.parent)
        except OSError as error:
            raise _not_written(path, error) from error
        return cls.load(path)

    @classmethod
    def rotate(cls, path: Path) -> KeyRing:
        """Add a new vault key and make it active; the old keys stay, because rows are still
        encrypted under them."""
        return _change(path, lambda ring: _with_new_key(ring, active=True))

    @classmethod
    def stage(cls, path: Path) -> KeyRing:
        """Add a new vault key without using it yet: the first half of a rotation over several
        machines.

        The file is copied to every machine before `activate`, so that each of them can decrypt the
        rows of the others.
        """
        return _change(path, lambda ring: _with_new_key(ring, active=False))

    @classmethod
    def activate(cls, path: Path, key_id: str) -> KeyRing:
        """Make a key of the file the active one: the second half of a rotation over several
        machines."""

        def activated(ring: KeyRing) -> KeyRing:
            if key_id not in ring.vault_keys:
                raise KeyFileError(
                    what=f"the key file has no key {key_id}",
                    where=path,
                    remedy=f"Choose one of {', '.join(ring.vault_keys)}.",
                )
            return replace(ring, active=key_id)

        return _change(path, activated)

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
    key_id = _new_key_id(number=len(ring.vault_keys) + 1)
    keys = MappingProxyType({**ring.vault_keys, key_id: secrets.token_bytes(KEY_BYTES)})
    return replace(ring, vault_keys=keys, active=key_id if active else ring.active)


def _new_key_id(*, number: int) -> str:
    """A key id. Its number shows people the order of the keys; its random part distinguishes the
    keys of two machines."""
    return f"k{number}-{secrets.token_hex(4)}"


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
    remedy = "Restore the file from a backup; a new file cannot decrypt the stored cards."
    try:
        keys = msgspec.json.decode(content, type=_KeyFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # `from None`: a parser's message may quote the content that it could not read.
        what = str(error) if isinstance(error, msgspec.ValidationError) else "is not JSON"
        raise KeyFileError(what=f"malformed: {what}", where=path, remedy=remedy) from None
    all_keys = [*keys.vault_keys.values(), keys.fingerprint_key, keys.root]
    if any(len(key) != KEY_BYTES for key in all_keys):
        what = f"malformed: a key does not have {KEY_BYTES} bytes"
        raise KeyFileError(what=what, where=path, remedy=remedy)
    if keys.active not in keys.vault_keys:
        what = "malformed: the active key is not among the vault keys"
        raise KeyFileError(what=what, where=path, remedy=remedy)
    return KeyRing(
        active=keys.active,
        vault_keys=MappingProxyType(keys.vault_keys),
        fingerprint_key=keys.fingerprint_key,
        root=keys.root,
        sandbox=keys.made_for == "sandbox",
    )


def _read(path: Path) -> bytes:
    try:
        # Without O_NONBLOCK a pipe with the file's name would block the start for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise KeyFileError(
            what="the key file is missing", where=path, remedy=_CREATE_FIRST
        ) from None
    except OSError as error:
        remedy = "Change the owner of the file to the user that Altyn runs as."
        what = f"cannot be read ({error.strerror})"
        raise KeyFileError(what=what, where=path, remedy=remedy) from error
    try:
        # The descriptor is checked, not the path, so that the checked file is the one that is read.
        _require_private_file(os.fstat(descriptor), path)
        return os.read(descriptor, FILE_BYTES_MAX)
    finally:
        os.close(descriptor)


def _require_private_file(found: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise KeyFileError(what="is not a file", where=path, remedy=_CREATE_FIRST)
    if found.st_mode & _GROUP_AND_WORLD:
        mode = stat.S_IMODE(found.st_mode)
        raise KeyFileError(
            what=f"other users than its owner may open it (mode {mode:04o})",
            where=path,
            remedy=f"Run `chmod 600 {path}`; if it was open for long, rotate the keys.",
        )


def _change(path: Path, change: Callable[[KeyRing], KeyRing]) -> KeyRing:
    """Read, change and replace under a lock: two rotations at once must keep both new keys."""
    target = path.resolve()
    try:
        with _locked(target):
            ring = change(KeyRing.load(target))
            _publish(target, _serialise(ring), replace_existing=True)
            _sync_folder(target.parent)
            return ring
    except FileNotFoundError:
        raise KeyFileError(
            what="the key file is missing", where=path, remedy=_CREATE_FIRST
        ) from None
    except OSError as error:
        raise _not_written(path, error) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Lock the file. If it was replaced while we waited, lock the file that has its name now."""
    while True:
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                yield
                return


def _publish(path: Path, content: bytes, *, replace_existing: bool) -> None:
    """Write a temporary file, flush it to the disk, then rename it in one step, so that a
    half-written key file is never read.

    Without `replace_existing`, a hard link fails when the name exists, and the existing file stays.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # O_EXCL, 0600
    draft = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - mkstemp gives a descriptor
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        if replace_existing:
            draft.replace(path)
            return
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Flush the folder: otherwise a power cut could remove the name of a file whose keys have
    already encrypted rows."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems cannot flush a folder.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)


def _not_written(path: Path, error: OSError) -> KeyFileError:
    remedy = "Choose a folder on a local disk that belongs to the user that Altyn runs as."
    return KeyFileError(what=f"cannot be written ({error.strerror})", where=path, remedy=remedy)
