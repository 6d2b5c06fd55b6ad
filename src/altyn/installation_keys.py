"""Opens the key file of an installation, for gateways and commands: from the settings to keys."""

from dataclasses import dataclass
from pathlib import Path

from altyn.domain.key_service import KeyService
from altyn.outbound.key_service.transit import Transit
from altyn.security.key_encryption_key import KeyEncryptionKey, read_key_encryption_key
from altyn.security.keys import KeyRing
from altyn.settings import Settings


class CachedKeyService:
    """A key service that unwraps each wrapped key once; a running process keeps it.

    A rotation keeps the file key, so a process rereads the rotated key file without the service.
    """

    def __init__(self, service: KeyService) -> None:
        self._service = service
        self._unwrapped: dict[str, bytes] = {}
        self.name = service.name

    def wrap(self, key: bytes) -> str:
        """Wrap a key with the newest key of the service. Raises KeyServiceError."""
        return self._service.wrap(key)

    def unwrap(self, wrapped: str) -> bytes:
        """Unwrap a key; the service is asked once for it. Raises KeyServiceError."""
        if wrapped not in self._unwrapped:
            self._unwrapped = {wrapped: self._service.unwrap(wrapped)}
        return self._unwrapped[wrapped]


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The key file, and the service that wraps it; both methods may wait for the service.

    They raise KeyFileError and KeyServiceError.
    """

    path: Path
    service: KeyService | None

    @classmethod
    def of(cls, settings: Settings) -> "KeyFile":
        """The key file of the settings; raises as `key_service_of`."""
        return cls(settings.keys, key_service_of(settings))

    def load(self) -> KeyRing:
        """The keys of the file."""
        return KeyRing.load(self.path, self.service)

    def create(self) -> KeyRing:
        """The keys of a sandbox; creates the file if it is missing."""
        return KeyRing.create(self.path, service=self.service)


def key_service_of(settings: Settings) -> KeyService | None:
    """The service that wraps the key file; None when the file has its keys plain.

    Raises KeyFileError for the file of a key-encryption key that cannot be used.
    """
    chosen = settings.key_service
    if chosen.transit is not None:
        return CachedKeyService(Transit(chosen.transit))
    if chosen.key is not None:
        return KeyEncryptionKey(chosen.key, source="ALTYN_KEY_ENCRYPTION_KEY")
    if chosen.key_file is not None:
        key = read_key_encryption_key(chosen.key_file)
        return KeyEncryptionKey(key, source=str(chosen.key_file))
    return None


def load_keys(settings: Settings) -> KeyRing:
    """The keys of the installation. Raises KeyFileError, KeyServiceError."""
    return KeyFile.of(settings).load()
