"""Check a callback's checksum as a shop does. Source: callbacks.md §6."""

from hmac import compare_digest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA512

from altyn.protocol.dialects.classic.callbacks.checksum import symmetric


def is_symmetric(key: str, signed: str, checksum: str) -> bool:
    """Whether the checksum is correct; lower-case hex is not."""
    return compare_digest(symmetric(key, signed).encode(), checksum.encode())


def is_asymmetric(public_key: RSAPublicKey, signed: str, checksum: str) -> bool:
    """Whether the private key made this checksum; lower-case hex is not correct."""
    try:
        signature = bytes.fromhex(checksum)
        public_key.verify(signature, signed.encode(), PKCS1v15(), SHA512())
    except (ValueError, InvalidSignature):
        return False
    return signature.hex().upper() == checksum
