"""The checksum by which a shop knows that a callback is the gateway's and was not altered.

It exists apart from sending, so that senders, receivers and tests make and check it in one way.
Source: callbacks.md §6.
"""

from collections.abc import Mapping
from hmac import compare_digest, digest
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA512

UNSIGNED: Final = frozenset({"checksum", "sign_alias"})
"""What tells about the signature, and so is not signed itself."""


def canonical(parameters: Mapping[str, str]) -> str:
    """The text that is signed: `name;value;` of each parameter, names in the order of their bytes.

    Values are as before URL encoding, and are not escaped. Source: callbacks.md §6.1.
    """
    names = sorted(parameters.keys() - UNSIGNED, key=lambda name: name.encode())
    return "".join(f"{name};{parameters[name]};" for name in names)


def symmetric(key: str, signed: str) -> str:
    """The checksum made with the key that gateway and shop share: 64 upper-case hex digits."""
    return digest(key.encode(), signed.encode(), "sha256").hex().upper()


def asymmetric(private_key: RSAPrivateKey, signed: str) -> str:
    """The checksum that only the gateway can make: an RSA signature in upper-case hex."""
    return private_key.sign(signed.encode(), PKCS1v15(), SHA512()).hex().upper()


def is_symmetric(key: str, signed: str, checksum: str) -> bool:
    """Whether the checksum is the right one, to the letter: lower-case hex is not.

    Takes as long for a wrong one as for the right one, so that nobody can feel a way to it.
    """
    return compare_digest(symmetric(key, signed).encode(), checksum.encode())


def is_asymmetric(public_key: RSAPublicKey, signed: str, checksum: str) -> bool:
    """Whether the private half of the key made this checksum; upper-case hex, as above."""
    try:
        signature = bytes.fromhex(checksum)
        public_key.verify(signature, signed.encode(), PKCS1v15(), SHA512())
    except (ValueError, InvalidSignature):
        return False
    return signature.hex().upper() == checksum
