"""The checksum of a callback: it proves that the gateway sent it and that it was not altered.

Source: callbacks.md §6.
"""

from collections.abc import Mapping
from hmac import digest
from typing import Final

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
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
