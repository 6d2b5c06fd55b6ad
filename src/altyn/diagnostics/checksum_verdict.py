"""Checks the checksum of a callback, and explains a wrong one.

Recomputes the checksum with each known mistake, and with each pair of them, until one matches.
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
    NOT_FOUND_IN_TIME,
    NOT_HEX,
    UNEXPLAINED,
    Mistake,
    other_key,
)
from altyn.diagnostics.checksum_recipe import Recipe
from altyn.diagnostics.mistaken_recipes import KNOWN
from altyn.diagnostics.received_callback import Received

SYMMETRIC_DIGITS: Final = 64
PAIRS_LENGTH_MAX: Final = 8192
"""In longer callbacks (characters) pairs of mistakes are not searched for: it takes too long."""

Fits = Callable[[Recipe, str], bool]
Stop = Callable[[], bool]
Found = tuple[tuple[Mistake, ...], Recipe]
NO_OTHER_KEYS: Final[Mapping[str, str]] = MappingProxyType({})


def never() -> bool:
    """Do not stop the search."""
    return False


class _StoppedError(Exception):
    """The search has been stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The check of one checksum: of the callback's, or of the one that a shop's code computed.

    All `mistakes` together explain a wrong checksum; `made_of` is the text from which it was
    computed, if that text was found.
    """

    checksum: str
    mistakes: tuple[Mistake, ...] = ()
    made_of: str | None = None

    @property
    def right(self) -> bool:
        """Whether the checksum is correct."""
        return not self.mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of checking a callback.

    `signed` is the text that has to be signed. `expected` is its checksum, None where only the
    holder of the private key can compute it. `own_query`: names in the query of the shop's own
    address, which are not signed. `received` is the check of the callback's checksum, `computed`
    that of the checksum of the shop's code; each is None if there is no such checksum.
    """

    signed: str
    expected: str | None
    own_query: tuple[str, ...] = ()
    received: Checked | None
    computed: Checked | None = None

    @property
    def right(self) -> bool:
        """Whether every checksum is correct; false for a callback without any checksum."""
        checked = [each for each in (self.received, self.computed) if each is not None]
        return bool(checked) and all(each.right for each in checked)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """All mistakes; the mistakes of the received checksum come first."""
        checked = [each for each in (self.received, self.computed) if each is not None]
        if not checked:
            return (NO_CHECKSUM,)
        return tuple(dict.fromkeys(mistake for each in checked for mistake in each.mistakes))


def check_checksum(
    received: Received,
    *,
    key: str | None = None,
    public_key: RSAPublicKey | None = None,
    computed: str | None = None,
    other_keys: Mapping[str, str] = NO_OTHER_KEYS,
    stop: Stop = never,
) -> Verdict:
    """Check a callback with the shared key, or with the certificate's public key.

    With both, the length of the checksum decides which one is used. `computed` is the checksum that
    the shop's own code computed; it can be checked with a shared key only. `other_keys`: keys of
    other shops, by login; one of them may have been used by mistake. `stop` is asked again and
    again during the search; when it returns True, the mistake of the verdict is NOT_FOUND_IN_TIME.
    """
    assert key is not None or public_key is not None, "a shared key or a public key is required"
    assert computed is None or public_key is None, "`computed` requires a shared key"
    checksum = received.checksum
    has_key = key is not None and (
        public_key is None or checksum is None or len(checksum) == SYMMETRIC_DIGITS
    )
    correct = Recipe(
        received=received,
        decode=received.decoded,
        hash="sha256" if has_key else "sha512",
        key=(key or "").encode(),
    )
    fits: Fits = _fits_key if has_key or public_key is None else _fitting(public_key)
    correct = replace(correct, own_pairs=_own_pairs(correct, checksum, fits))
    keys = other_keys if has_key else NO_OTHER_KEYS
    search = _Search(correct, fits, has_key=has_key, other_keys=keys, stop=stop)
    return Verdict(
        signed=correct.signed(),
        expected=correct.checksum() if has_key else None,
        own_query=received.names[: correct.own_pairs],
        received=search.check(checksum, in_transit=True) if checksum else None,
        computed=search.check(computed.strip(), in_transit=False) if computed else None,
    )


def _own_pairs(recipe: Recipe, checksum: str | None, fits: Fits) -> int:
    """How many parameters at the beginning belong to the shop's own address: the number with which
    the checksum matches, else the number before the gateway's first name (callbacks.md §1)."""
    names = recipe.received.names
    for count in range(len(names)):
        if checksum and fits(replace(recipe, own_pairs=count), checksum):
            return count
    return next((count for count, name in enumerate(names) if name in KNOWN), 0)


def _fits_key(recipe: Recipe, checksum: str) -> bool:
    """Whether this recipe gives this checksum, in upper or lower case."""
    try:
        made = recipe.checksum()
    except ValueError:  # the character set lacks a character, or this machine a hash
        return False
    return checksum == made or checksum.upper() == made


_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - recognised, never trusted
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def _fitting(public_key: RSAPublicKey) -> Fits:
    def fits(recipe: Recipe, checksum: str) -> bool:
        algorithm = _HASHES.get(recipe.hash)
        if algorithm is None:
            return False
        try:
            public_key.verify(bytes.fromhex(checksum), recipe.signed_bytes(), PKCS1v15(), algorithm)
        except (ValueError, InvalidSignature, UnsupportedAlgorithm):
            return False
        return True

    return fits


@dataclass(frozen=True, slots=True)
class _Search:
    """The search for the mistake in a checksum, starting from the correct recipe."""

    correct: Recipe
    fits: Fits
    has_key: bool
    other_keys: Mapping[str, str]
    stop: Stop

    def check(self, checksum: str, *, in_transit: bool) -> Checked:
        """Whether a checksum is correct, else the first recipe that explains it.

        One mistake is tried first, then the key of another shop, then two mistakes.
        """
        lower = (LOWER_CASE,) if re.fullmatch("[0-9A-Fa-f]*[a-f][0-9A-Fa-f]*", checksum) else ()
        if self.fits(self.correct, checksum):
            return Checked(checksum=checksum, mistakes=lower)
        try:
            for mistakes, recipe in self._explanations(in_transit=in_transit):
                self._check_time()
                if self.fits(recipe, checksum):
                    return Checked(
                        checksum=checksum, mistakes=(*mistakes, *lower), made_of=_signed(recipe)
                    )
        except _StoppedError:
            return Checked(checksum=checksum, mistakes=(NOT_FOUND_IN_TIME,))
        return Checked(checksum=checksum, mistakes=(self._unexplained(checksum),))

    def _check_time(self) -> None:
        if self.stop():
            raise _StoppedError

    def _explanations(self, *, in_transit: bool) -> Iterator[Found]:
        rows = [
            row
            for row in MISTAKES
            if (self.has_key or not row.needs_key) and (in_transit or not row.only_in_transit)
        ]
        other_shops = [
            (other_key(owner), replace(self.correct, key=key.encode()))
            for owner, key in self.other_keys.items()
        ]
        single = [(row, recipe) for row in rows for recipe in _variants(row, self.correct)]
        yield from (((row,), recipe) for row, recipe in single)
        yield from (((other,), recipe) for other, recipe in other_shops)
        if len(self.correct.received.text) > PAIRS_LENGTH_MAX:
            return
        single = list(self._effective(single))
        rows = list(dict.fromkeys(row for row, _ in single))
        for first, recipe in single:
            later = rows[rows.index(first) + 1 :]
            yield from (((first, row), both) for row in later for both in _variants(row, recipe))
        for other, recipe in other_shops:
            yield from (((other, row), both) for row in rows for both in _variants(row, recipe))

    def _effective(self, single: list[tuple[Mistake, Recipe]]) -> Iterator[tuple[Mistake, Recipe]]:
        """The recipes that change the checksum of this callback; of equal results only the first.
        Most mistakes change nothing here, and then they change nothing in a pair either."""
        outcomes = {_ingredients(self.correct)}
        for row, recipe in single:
            self._check_time()
            try:
                outcome = _ingredients(recipe)
            except ValueError:
                continue
            if outcome not in outcomes:
                outcomes.add(outcome)
                yield row, recipe

    def _unexplained(self, checksum: str) -> Mistake:
        if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", checksum):
            return NOT_HEX
        if self.has_key and len(checksum) > 2 * SYMMETRIC_DIGITS:
            return NEEDS_CERTIFICATE
        if not self.has_key and len(checksum) == SYMMETRIC_DIGITS:
            return NEEDS_KEY
        return UNEXPLAINED


def _variants(row: Mistake, recipe: Recipe) -> Iterator[Recipe]:
    """The recipes with this mistake; none if it is not possible with this callback."""
    try:
        yield from row.variants(recipe)
    except ValueError:
        return


def _ingredients(recipe: Recipe) -> tuple[object, ...]:
    """Everything that determines a checksum."""
    return recipe.signed_bytes(), recipe.key, recipe.hash, recipe.digest, recipe.encode


def _signed(recipe: Recipe) -> str | None:
    try:
        return recipe.signed()
    except ValueError:
        return None
