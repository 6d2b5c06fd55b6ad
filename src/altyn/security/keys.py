"""The key file: the keys that open the card vault, the key of fingerprints, and the root of all
other secrets.
 It exists beside the database and never inside it, so that neither a stolen dump nor a stolen file
gives a card away. Source: docs/architecture.md.
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
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_CREATE_FIRST: Final = "Name the right file, or make one with `altyn keys create`."


class KeyFileError(Exception):
    """The key file cannot be used; says what is wrong, where, and what to do. Never quotes a
    key."""

    def __init__(self, *, what: str, where: Path, remedy: str) -> None:
        super().__init__(f"{where}: {what}. {remedy}")
        self.what = what
        self.where = where
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one installation: several for the vault of which one is active, one for
    fingerprints, one root.

    `sandbox` tells a ring that was made by itself on a first start; production refuses such a one.
    """

    active: str
    vault_keys: Mapping[str, bytes] = field(repr=False)
    fingerprint_key: bytes = field(repr=False)
    root: bytes = field(repr=False)
    sandbox: bool

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """Read a key file.

        Refuses with KeyFileError: missing, unreadable, not a file, open to others than its owner,
        malformed.
        """
        return _parse(_read(path), path)

    @classmethod
    def create(cls, path: Path, *, sandbox: bool = True) -> KeyRing:
        """Make the key file, or read it when it is already there; who comes second reads what the
        first one made."""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                _publish(path, _serialise(_new_ring(sandbox=sandbox)), take_place=False)
            _sync_folder(path.parent)
        except OSError as error:
            raise _not_written(path, error) from error
        return cls.load(path)

    @classmethod
    def rotate(cls, path: Path) -> KeyRing:
        """Add a new vault key and make it active; the old ones stay, since rows are still sealed
        under them."""
        return _change(path, lambda ring: _with_new_key(ring, active=True))

    @classmethod
    def stage(cls, path: Path) -> KeyRing:
        """Add a new vault key without using it yet: the first half of a rotation over several
        machines.

        The file is taken to every machine before `activate`, so that nobody meets a row he cannot
        open.
        """
        return _change(path, lambda ring: _with_new_key(ring, active=False))

    @classmethod
    def activate(cls, path: Path, key_id: str) -> KeyRing:
        """Make a key of the file the active one: the second half of a rotation over several
        machines."""

        def chosen(ring: KeyRing) -> KeyRing:
            if key_id not in ring.vault_keys:
                raise KeyFileError(
                    what=f"has no key {key_id}",
                    where=path,
                    remedy=f"Choose one of {', '.join(ring.vault_keys)}.",
                )
            return replace(ring, active=key_id)

        return _change(path, chosen)

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one named purpose (HKDF-SHA-256 of the root); another purpose tells nothing
        about them."""
        return HKDF(
            SHA256(), KEY_BYTES, salt=None, info=b"altyn secret: " + purpose.encode()
        ).derive(self.root)


class _KeyFile(msgspec.Struct, forbid_unknown_fields=True):
    """The key file as it is written; msgspec keeps bytes as base64."""

    format: Literal["altyn-keys-1"]
    made_for: Literal["sandbox", "production"]
    active: str
    vault_keys: dict[str, bytes]
    fingerprint_key: bytes
    root: bytes


def _new_ring(*, sandbox: bool) -> KeyRing:
    key_id = _new_key_id(place=1)
    return KeyRing(
        active=key_id,
        vault_keys=MappingProxyType({key_id: secrets.token_bytes(KEY_BYTES)}),
        fingerprint_key=secrets.token_bytes(KEY_BYTES),
        root=secrets.token_bytes(KEY_BYTES),
        sandbox=sandbox,
    )


def _with_new_key(ring: KeyRing, *, active: bool) -> KeyRing:
    key_id = _new_key_id(place=len(ring.vault_keys) + 1)
    keys = MappingProxyType({**ring.vault_keys, key_id: secrets.token_bytes(KEY_BYTES)})
    return replace(ring, vault_keys=keys, active=key_id if active else ring.active)


def _new_key_id(*, place: int) -> str:
    """The number tells people which came later; the random part keeps keys of two machines
    apart."""
    return f"k{place}-{secrets.token_hex(4)}"


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
    remedy = "Restore the file from its copy; a new one would not open the stored cards."
    try:
        keys = msgspec.json.decode(content, type=_KeyFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # The cause is cut off: a parser's own message may quote what it could not read.
        what = str(error) if isinstance(error, msgspec.ValidationError) else "is not JSON"
        raise KeyFileError(what=f"malformed: {what}", where=path, remedy=remedy) from None
    everyone = [*keys.vault_keys.values(), keys.fingerprint_key, keys.root]
    if any(len(key) != KEY_BYTES for key in everyone):
        what = f"malformed: a key is not of {KEY_BYTES} bytes"
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
        # Without O_NONBLOCK a pipe put in the file's place would hold the start for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise KeyFileError(
            what="the key file is missing", where=path, remedy=_CREATE_FIRST
        ) from None
    except OSError as error:
        remedy = "Give the file to the user under whom Altyn runs."
        what = f"cannot be read ({error.strerror})"
        raise KeyFileError(what=what, where=path, remedy=remedy) from error
    try:
        # Asked of the descriptor, so that what is judged is what is read.
        _require_private_file(os.fstat(descriptor), path)
        return os.read(descriptor, FILE_BYTES_MAX)
    finally:
        os.close(descriptor)


def _require_private_file(found: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise KeyFileError(what="is not a file", where=path, remedy=_CREATE_FIRST)
    if found.st_mode & _OTHERS:
        mode = stat.S_IMODE(found.st_mode)
        raise KeyFileError(
            what=f"others than its owner may open it (mode {mode:04o})",
            where=path,
            remedy=f"Run `chmod 600 {path}`; if it was open for long, rotate the key.",
        )


def _change(path: Path, change: Callable[[KeyRing], KeyRing]) -> KeyRing:
    """Read, change and replace under a lock: of two rotations at once neither may lose the other's
    key."""
    target = path.resolve()
    try:
        with _locked(target):
            ring = change(KeyRing.load(target))
            _publish(target, _serialise(ring), take_place=True)
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
    """Hold the file that bears this name now; a file replaced while we waited for it is let go."""
    while True:
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                yield
                return


def _publish(path: Path, content: bytes, *, take_place: bool) -> None:
    """Write beside, reach the disk, then take the name in one step: nobody ever reads half a file.

    Where the name is not to be taken from another file, a hard link refuses to, and the other file
    stands.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # O_EXCL, 0600
    draft = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - mkstemp gives a descriptor
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        if take_place:
            draft.replace(path)
            return
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Without this a power cut could take the name of a file whose keys have already sealed
    rows."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {
            errno.EINVAL,
            errno.ENOTSUP,
        }:  # some file systems keep no such promise
            raise
    finally:
        os.close(descriptor)


def _not_written(path: Path, error: OSError) -> KeyFileError:
    remedy = "Choose a folder on a local disk which belongs to the user under whom Altyn runs."
    return KeyFileError(what=f"cannot be written ({error.strerror})", where=path, remedy=remedy)
