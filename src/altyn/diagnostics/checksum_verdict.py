"""The verdict on a callback's checksum: right, or wrong and why.

It exists so that a developer whose checksum does not match is told the mistake and not just that
there is one: every usual mistake, and every two of them, are made until the checksum comes out.
Source: callbacks.md §6.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from altyn.diagnostics.checksum_mistakes import (
    LOWER_CASE,
    MISTAKES,
    NEEDS_CERTIFICATE,
    NEEDS_KEY,
    NO_CHECKSUM,
    NOT_HEX,
    UNEXPLAINED,
    Mistake,
    other_key,
)
from altyn.diagnostics.checksum_recipe import Way
from altyn.diagnostics.checksum_recipes import KNOWN
from altyn.diagnostics.received_callback import Received

SYMMETRIC_DIGITS: Final = 64
PAIRS_LENGTH_MAX: Final = 8192
"""Above so many characters two mistakes at once are not searched for: it would take too long."""

Fits = Callable[[Way, str], bool]
Found = tuple[tuple[Mistake, ...], Way]
NOBODY: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One checksum: that of the callback, or the one that a shop's code computed.

    `mistakes` explain a wrong one, together; `made_of` is the text that it really fits, where that
    was found.
    """

    checksum: str
    mistakes: tuple[Mistake, ...] = ()
    made_of: str | None = None

    @property
    def right(self) -> bool:
        """Whether it is what it has to be, to the letter."""
        return not self.mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to be said about a callback.

    `signed` is the text that is signed; `expected` its checksum, None where only the holder of the
    private key can make it; `own` the names of the shop's own query, which are not signed.
    `received` and `computed` are about the two checksums that there may be.
    """

    signed: str
    expected: str | None
    own: tuple[str, ...] = ()
    received: Checked | None
    computed: Checked | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is wrong; a callback without any checksum is not right."""
        checked = [each for each in (self.received, self.computed) if each is not None]
        return bool(checked) and all(each.right for each in checked)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Everything that is wrong; the callback's own mistakes first."""
        checked = [each for each in (self.received, self.computed) if each is not None]
        if not checked:
            return (NO_CHECKSUM,)
        return tuple(dict.fromkeys(mistake for each in checked for mistake in each.mistakes))


def judge(
    received: Received,
    *,
    key: str | None = None,
    public_key: RSAPublicKey | None = None,
    computed: str | None = None,
    other_keys: Mapping[str, str] = NOBODY,
) -> Verdict:
    """Check a callback by the shared key, or by the certificate's public key.

    With both, the checksum's length decides. `computed` is what the shop's own code made of it, and
    is only judged by the shared key alone. `other_keys`: keys that may have been taken for the
    right one, by whose they are.
    """
    assert key is not None or public_key is not None, "nothing to check with"
    assert computed is None or public_key is None, "a shop computes nothing with a certificate"
    checksum = received.checksum
    by_key = key is not None and (
        public_key is None or checksum is None or len(checksum) == SYMMETRIC_DIGITS
    )
    right = Way(received=received, decode=received.decoded, hash="sha256" if by_key else "sha512")
    right = replace(right, key=(key or "").encode())
    fits: Fits = _fits_key if by_key or public_key is None else _fitting(public_key)
    right = replace(right, own=_own(right, checksum, fits))
    search = _Search(right, fits, by_key=by_key, other_keys=other_keys if by_key else NOBODY)
    return Verdict(
        signed=right.signed(),
        expected=right.checksum() if by_key else None,
        own=received.names[: right.own],
        received=search.check(checksum, on_the_way=True) if checksum else None,
        computed=search.check(computed.strip(), on_the_way=False) if computed else None,
    )


def _own(way: Way, checksum: str | None, fits: Fits) -> int:
    """How many pairs at the head are the shop's own: as many as make the checksum fit; where that
    is not to be had, those before the first name that is the gateway's (callbacks.md §1)."""
    names = way.received.names
    for own in range(len(names)):
        if checksum and fits(replace(way, own=own), checksum):
            return own
    return next((own for own, name in enumerate(names) if name in KNOWN), 0)


def _fits_key(way: Way, checksum: str) -> bool:
    """Whether this way makes this checksum, upper or lower case."""
    try:
        made = way.checksum()
    except ValueError:  # a character set without that letter, a hash that this machine has not
        return False
    return checksum == made or checksum.upper() == made


_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - recognised, never trusted
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def _fitting(public_key: RSAPublicKey) -> Fits:
    def fits(way: Way, checksum: str) -> bool:
        algorithm = _HASHES.get(way.hash)
        if algorithm is None:
            return False
        try:
            public_key.verify(bytes.fromhex(checksum), way.material(), PKCS1v15(), algorithm)
        except (ValueError, InvalidSignature, UnsupportedAlgorithm):
            return False
        return True

    return fits


@dataclass(frozen=True, slots=True)
class _Search:
    """The search for what is wrong with a checksum, beginning at the right way."""

    right: Way
    fits: Fits
    by_key: bool
    other_keys: Mapping[str, str]

    def check(self, checksum: str, *, on_the_way: bool) -> Checked:
        """Right, or the first explanation: one mistake, another key, two mistakes."""
        lower = (LOWER_CASE,) if re.fullmatch("[0-9A-Fa-f]*[a-f][0-9A-Fa-f]*", checksum) else ()
        if self.fits(self.right, checksum):
            return Checked(checksum=checksum, mistakes=lower)
        for mistakes, way in self._explanations(on_the_way=on_the_way):
            if self.fits(way, checksum):
                return Checked(
                    checksum=checksum, mistakes=(*mistakes, *lower), made_of=_signed(way)
                )
        return Checked(checksum=checksum, mistakes=(self._unexplained(checksum),))

    def _explanations(self, *, on_the_way: bool) -> Iterator[Found]:
        rows = [
            row
            for row in MISTAKES
            if (self.by_key or not row.of_key) and (on_the_way or not row.only_on_the_way)
        ]
        others = [
            (other_key(whose), replace(self.right, key=key.encode()))
            for whose, key in self.other_keys.items()
        ]
        single = [(row, way) for row in rows for way in _made(row, self.right)]
        yield from (((row,), way) for row, way in single)
        yield from (((other,), way) for other, way in others)
        if len(self.right.received.text) > PAIRS_LENGTH_MAX:
            return
        single = list(self._telling(single))
        rows = list(dict.fromkeys(row for row, _ in single))
        for first, way in single:
            later = rows[rows.index(first) + 1 :]
            yield from (((first, row), both) for row in later for both in _made(row, way))
        for other, way in others:
            yield from (((other, row), both) for row in rows for both in _made(row, way))

    def _telling(self, single: list[tuple[Mistake, Way]]) -> Iterator[tuple[Mistake, Way]]:
        """The mistakes that come to anything with this callback, each once: most do not, and what
        makes no difference alone makes none beside another."""
        seen = {_outcome(self.right)}
        for row, way in single:
            try:
                outcome = _outcome(way)
            except ValueError:
                continue
            if outcome not in seen:
                seen.add(outcome)
                yield row, way

    def _unexplained(self, checksum: str) -> Mistake:
        if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", checksum):
            return NOT_HEX
        if self.by_key and len(checksum) > 2 * SYMMETRIC_DIGITS:
            return NEEDS_CERTIFICATE
        if not self.by_key and len(checksum) == SYMMETRIC_DIGITS:
            return NEEDS_KEY
        return UNEXPLAINED


def _made(row: Mistake, way: Way) -> Iterator[Way]:
    """The ways to make a mistake, as far as it can be made at all."""
    try:
        yield from row.ways(way)
    except ValueError:
        return


def _outcome(way: Way) -> tuple[object, ...]:
    """All that a checksum is made of."""
    return way.material(), way.key, way.hash, way.make, way.write


def _signed(way: Way) -> str | None:
    try:
        return way.signed()
    except ValueError:
        return None
