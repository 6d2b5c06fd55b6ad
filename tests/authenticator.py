"""An authenticator in software, for tests of passkeys: real EC keys, CBOR and signatures.

It does what a browser and its device do with the options of the server; a test can have it respond
for another site, or without having verified its user.
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT: Final = 0x01
VERIFIED: Final = 0x04
_HAS_CREDENTIAL: Final = 0x40


@dataclass
class StoredKey:
    """A passkey on the device."""

    credential_id: bytes
    key: ec.EllipticCurvePrivateKey
    user_handle: bytes
    count: int = 0


@dataclass
class Authenticator:
    """A device with passkeys. `counts`: it counts signatures, else it sends 0 each time.

    `rp_id` replaces the one of the options.
    """

    origin: str
    counts: bool = True
    flags: int = PRESENT | VERIFIED
    rp_id: str = ""
    keys: list[StoredKey] = field(default_factory=list)

    def create(self, options: str) -> str:
        """Create a passkey; the response as JSON."""
        asked: dict[str, Any] = json.loads(options)
        stored = StoredKey(
            credential_id=secrets.token_bytes(16),
            key=ec.generate_private_key(ec.SECP256R1()),
            user_handle=decoded(asked["user"]["id"]),
        )
        self.keys.append(stored)
        credential = b"".join(
            (bytes(16), len(stored.credential_id).to_bytes(2, "big"), stored.credential_id)
        )
        auth_data = b"".join(
            (self._head(asked["rp"]["id"], stored, _HAS_CREDENTIAL), credential, _cose(stored.key))
        )
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": auth_data})
        response = {
            "clientDataJSON": encoded(self._client_data("webauthn.create", asked["challenge"])),
            "attestationObject": encoded(attestation),
        }
        return _response(stored, response)

    def get(self, options: str, number: int = -1) -> str:
        """Sign a challenge with one of the passkeys, the newest one by default."""
        asked: dict[str, Any] = json.loads(options)
        stored = self.keys[number]
        stored.count += self.counts
        client_data = self._client_data("webauthn.get", asked["challenge"])
        auth_data = self._head(asked["rpId"], stored)
        signed = auth_data + sha256(client_data).digest()
        response = {
            "clientDataJSON": encoded(client_data),
            "authenticatorData": encoded(auth_data),
            "signature": encoded(stored.key.sign(signed, ec.ECDSA(SHA256()))),
            "userHandle": encoded(stored.user_handle),
        }
        return _response(stored, response)

    def _head(self, rp_id: str, stored: StoredKey, flags: int = 0) -> bytes:
        hashed = sha256((self.rp_id or rp_id).encode()).digest()
        return hashed + bytes([self.flags | flags]) + stored.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        members = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps({**members, "crossOrigin": False}).encode()


def encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _cose(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key as COSE: an ES256 key on P-256."""
    numbers = key.public_key().public_numbers()
    point = (numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big"))
    return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point[0], -3: point[1]})


def _response(stored: StoredKey, response: dict[str, str]) -> str:
    name = encoded(stored.credential_id)
    head = {"id": name, "rawId": name, "type": "public-key"}
    return json.dumps({**head, "response": response, "clientExtensionResults": {}})
