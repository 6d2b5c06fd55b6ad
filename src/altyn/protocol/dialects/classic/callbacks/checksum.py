"""The checksum of a callback: it proves that the gateway sent it and that it was not altered.

Senders, receivers and tests compute and check it here, in the same way. Source: callbacks.md §6.
"""

from collections.abc import Mapping
from hmac import compare_digest, digest
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA512

UNSIGNED: Final = frozenset({"checksum", "sign_alias"})
"""Parameters that describe the signature, and are not signed themselves."""


def canonical(parameters: Mapping[str, str]) -> str:
    """The text that is signed: `name;value;` of each parameter, names in the order of their bytes.

    Values are as before URL encoding, and are not escaped. Source: callbacks.md §6.1.
    """
    names = sorted(parameters.keys() - UNSIGNED, key=lambda name: name.encode())
    return "".join(f"{name};{parameters[name]};" for name in names)


def symmetric(key: str, signed: str) -> str:
    """The checksum with the key that gateway and shop share: 64 upper-case hex digits."""
    return digest(key.encode(), signed.encode(), "sha256").hex().upper()


def asymmetric(private_key: RSAPrivateKey, signed: str) -> str:
    """The checksum that only the gateway can compute: an RSA signature in upper-case hex."""
    return private_key.sign(signed.encode(), PKCS1v15(), SHA512()).hex().upper()


def is_symmetric(key: str, signed: str, checksum: str) -> bool:
    """Whether the checksum is correct; lower-case hex is not.

    Compares in constant time, so that the time reveals nothing about the correct checksum.
    """
    return compare_digest(symmetric(key, signed).encode(), checksum.encode())


def is_asymmetric(public_key: RSAPublicKey, signed: str, checksum: str) -> bool:
    """Whether the private key made this checksum; lower-case hex is not correct."""
    try:
        signature = bytes.fromhex(checksum)
        public_key.verify(signature, signed.encode(), PKCS1v15(), SHA512())
    except (ValueError, InvalidSignature):
        return False
    return signature.hex().upper() == checksum
