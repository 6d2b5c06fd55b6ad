"""The common mistakes in the check of a callback's checksum, in the order in which they are tried.

A checksum that does not match has some thirty possible reasons. Each of them leads to a checksum of
its own, by which it can be recognised. Source: callbacks.md §6.4.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from altyn.diagnostics import mistaken_recipes as mistaken
from altyn.diagnostics.checksum_recipe import Recipe

Variants = Callable[[Recipe], Iterator[Recipe]]


def _no_variant(_: Recipe) -> Iterator[Recipe]:
    """For a mistake that is found without a search."""
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One reason for a wrong checksum.

    `happened` says how the checksum was computed, `remedy` what to do. `altered` explains the
    checksum that came with the callback, where that differs: what changed the callback in transit.
    `variants` yields the recipes with this mistake. `needs_key`: only possible with a shared key.
    `only_in_transit`: never made by a shop's code.
    """

    name: str
    happened: str
    remedy: str
    altered: str = ""
    variants: Variants = _no_variant
    needs_key: bool = False
    only_in_transit: bool = False


MISTAKES: Final = (
    Mistake(
        name="own_query_left_in",
        happened="The parameters of your own address's query were signed too.",
        remedy="Sign only what the gateway added: leave out the query that your callback address "
        "already had.",
        variants=mistaken.own_left_in,
    ),
    Mistake(
        name="checksum_left_in",
        happened="`checksum` itself was signed.",
        remedy="Leave `checksum` out before the names are sorted.",
        variants=mistaken.with_checksum,
    ),
    Mistake(
        name="sign_alias_left_in",
        happened="`sign_alias` was signed.",
        remedy="Leave `sign_alias` out, as `checksum`.",
        variants=mistaken.with_alias,
    ),
    Mistake(
        name="order_received",
        happened="The names stood in the order they came.",
        remedy="Sort the names before you join them.",
        variants=mistaken.unsorted,
    ),
    Mistake(
        name="sorted_ignoring_case",
        happened="The names were sorted without regard to upper and lower case.",
        remedy="Sort by bytes, upper case before lower: `sorted(names)` in Python, "
        "`ksort($names, SORT_STRING)` in PHP.",
        variants=mistaken.ignoring_case,
    ),
    Mistake(
        name="names_lower_cased",
        happened="The names were put in lower case, as some frameworks do.",
        remedy="Take the names as they came, from the raw query or body.",
        altered="Names came in another case than they were signed in.",
        variants=mistaken.lower_names,
    ),
    Mistake(
        name="last_semicolon_missing",
        happened="The semicolon at the very end was missing.",
        remedy="Put a `;` behind every value, the last one too.",
        variants=mistaken.no_last_semicolon,
    ),
    Mistake(
        name="other_separators",
        happened="Names and values were joined by something else than semicolons.",
        remedy="Write `name;value;` for each parameter, with nothing between them.",
        variants=mistaken.other_separators,
    ),
    Mistake(
        name="values_only",
        happened="Only the values were joined, without their names.",
        remedy="Write `name;value;` for each parameter.",
        variants=mistaken.values_only,
    ),
    Mistake(
        name="core_only",
        happened="Only mdOrder, operation, orderNumber and status were signed.",
        remedy="Sign every parameter that came: which ones come is a setting of the shop.",
        altered="Parameters were added after the signing: only the four that always come fit.",
        variants=mistaken.core_only,
    ),
    Mistake(
        name="additional_params_not_flattened",
        happened="The members of `additionalParams` were left out, or signed as one value.",
        remedy="Sign each member of `additionalParams` as a parameter of its own.",
        variants=mistaken.nested_otherwise,
    ),
    Mistake(
        name="empty_dropped",
        happened="Parameters with an empty value were left out.",
        remedy="Sign them too: an empty value gives `name;;`.",
        altered="An empty parameter was added after the signing.",
        variants=mistaken.without_empty,
    ),
    Mistake(
        name="first_of_equal_names",
        happened="Of two parameters with one name the first was signed.",
        remedy="Take the last one: your own query stands before what the gateway adds. Better, "
        "take that name out of your callback address.",
        variants=mistaken.first_of_equal,
    ),
    Mistake(
        name="plus_and_space",
        happened="`+` and the space were confused in a value.",
        remedy="Decode once, as a form is decoded: `+` is a space and `%2B` is a plus.",
        altered="A `+` became a space on the way, or a space a `+`.",
        variants=mistaken.plus_and_space,
    ),
    Mistake(
        name="still_encoded",
        happened="The values were signed percent-encoded.",
        remedy="Decode every value before you sign it.",
        altered="The values had been decoded already when this text was copied.",
        variants=mistaken.still_encoded,
    ),
    Mistake(
        name="decoded_twice",
        happened="The values were decoded twice.",
        remedy="Decode once: most frameworks have done it already when your code gets the value.",
        altered="The values were encoded once more on the way.",
        variants=mistaken.decoded_twice,
    ),
    Mistake(
        name="values_trimmed",
        happened="White space around a value was taken off.",
        remedy="Sign the values to the letter; switch the framework's trimming off here.",
        altered="White space was added around a value after the signing.",
        variants=mistaken.trimmed,
    ),
    Mistake(
        name="other_words_for_yes",
        happened="true and false were written as your language writes them.",
        remedy="Sign the words `true` and `false`, in lower case, as they stand in the callback.",
        variants=mistaken.other_words_for_yes,
    ),
    Mistake(
        name="other_charset",
        happened="Text was read or signed in another character set than UTF-8.",
        remedy="Use UTF-8 for the values, for the signed text, and for the key.",
        altered="The values came in another character set than UTF-8.",
        variants=mistaken.other_charset,
    ),
    Mistake(
        name="key_white_space",
        happened="There was white space, a line end or a quotation mark around the key.",
        remedy="Strip the key where it is read, often from a file or an environment variable.",
        variants=mistaken.key_white_space,
        needs_key=True,
    ),
    Mistake(
        name="key_decoded",
        happened="The key was taken for hex or base64 and decoded, or encoded.",
        remedy="Use the key's characters as they stand, in UTF-8.",
        variants=mistaken.key_decoded,
        needs_key=True,
    ),
    Mistake(
        name="key_other_case",
        happened="The key was put in upper or lower case.",
        remedy="Use the key to the letter.",
        variants=mistaken.key_other_case,
        needs_key=True,
    ),
    Mistake(
        name="key_empty",
        happened="The key was empty.",
        remedy="See that the setting that holds the key is really read.",
        variants=mistaken.key_empty,
        needs_key=True,
    ),
    Mistake(
        name="no_hmac",
        happened="A plain hash was taken instead of an HMAC.",
        remedy="Use HMAC with SHA-256: `hash_hmac('sha256', $text, $key)` in PHP.",
        variants=mistaken.no_hmac,
        needs_key=True,
    ),
    Mistake(
        name="key_and_text_exchanged",
        happened="Key and text had changed places.",
        remedy="See which argument of your HMAC function is the key.",
        variants=mistaken.exchanged,
        needs_key=True,
    ),
    Mistake(
        name="other_hash",
        happened="Another hash function was used.",
        remedy="The shared key takes SHA-256, the certificate SHA-512.",
        variants=mistaken.other_hash,
    ),
    Mistake(
        name="base64",
        happened="The checksum was written in base64.",
        remedy="Write it in hexadecimal, in upper case.",
        variants=mistaken.in_base64,
        needs_key=True,
    ),
    Mistake(
        name="unknown_left_out",
        happened="Parameters with names that your code does not know were left out.",
        remedy="Sign every parameter that came: an order's own parameters may be among them.",
        altered="Parameters that are not the gateway's were added after the signing.",
        variants=mistaken.without_unknown,
    ),
    Mistake(
        name="one_left_out",
        happened="One parameter was left out.",
        remedy="Sign every parameter that came except `checksum` and `sign_alias`.",
        altered="One parameter was added after the signing.",
        variants=mistaken.without_one,
    ),
    Mistake(
        name="result_changed",
        happened="The operation or its status was changed after the signing.",
        remedy="Do not believe it: somebody altered it. Ask getOrderStatusExtended.do.",
        variants=mistaken.result_changed,
        only_in_transit=True,
    ),
)
"""Mistakes that are recognised by the checksum that they lead to."""

# ── Found without a search ───────────────────────────────────────────────────────────────────────

LOWER_CASE: Final = Mistake(
    name="lower_case",
    happened="The checksum is in lower-case hex.",
    remedy="Put it in upper case before you compare, or compare bytes.",
    altered="The checksum was put in lower case on the way; the gateway writes upper case.",
)
NO_CHECKSUM: Final = Mistake(
    name="no_checksum",
    happened="There is no checksum in it.",
    remedy="Switch it on: `altyn merchant set SHOP callbacks.checksum=symmetric`, with a key in "
    "`callbacks.key`. Without it anybody can send you such a callback.",
)
NOT_HEX: Final = Mistake(
    name="not_hex",
    happened="The checksum is no hexadecimal number, so part of it may be missing.",
    remedy="Copy it whole: 64 hex digits with a shared key, 512 with a certificate of 2048 bits.",
)
NEEDS_CERTIFICATE: Final = Mistake(
    name="needs_certificate",
    happened="This checksum is longer than a shared key's: it was made with a private key.",
    remedy="Check it with the certificate that `sign_alias` names, not with the shared key.",
)
NEEDS_KEY: Final = Mistake(
    name="needs_key",
    happened="This checksum has 64 digits: it was made with the shared key.",
    remedy="Check it with the shop's key, not with a certificate.",
)
UNEXPLAINED: Final = Mistake(
    name="unexplained",
    happened="It was made with another key, or over other values.",
    remedy="Compare the key letter by letter; then compare the signed text of your code with the "
    "one shown here.",
    altered="It was made with another key, or a value was altered after the signing.",
)
FOUND_WITHOUT_SEARCH: Final = (
    LOWER_CASE,
    NO_CHECKSUM,
    NOT_HEX,
    NEEDS_CERTIFICATE,
    NEEDS_KEY,
    UNEXPLAINED,
)
"""Mistakes that are found without a search, in no order."""


def other_key(owner: str) -> Mistake:
    """The checksum was computed with the key of another shop."""
    return Mistake(
        name="other_key",
        happened=f"It was made with the key of {owner}.",
        remedy="Use the key of the shop that the callback is for.",
        needs_key=True,
    )
