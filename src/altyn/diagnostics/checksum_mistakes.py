"""The common mistakes in the check of a callback's checksum, in the order in which they are tried.

A wrong checksum has about thirty usual causes. Each cause gives a different checksum, by which it
can be recognised. Source: callbacks.md §6.4.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from altyn.diagnostics import mistaken_recipes as mistaken
from altyn.diagnostics.checksum_recipe import Recipe

Variants = Callable[[Recipe], Iterator[Recipe]]


def _no_variant(_: Recipe) -> Iterator[Recipe]:
    """No recipe, for a mistake that is found without a search."""
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One reason for a wrong checksum.

    `happened` says how the checksum was computed, `remedy` what to do. `altered` replaces
    `happened` for the checksum that came with the callback: it says what changed the callback in
    transit. `variants` yields the recipes with this mistake. `needs_key`: the mistake is possible
    with a shared key only. `only_in_transit`: a shop's code never makes the mistake.
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
        happened="The query parameters of your own callback address were signed too.",
        remedy="Sign only the parameters that the gateway added. Leave out the query that your "
        "callback address already had.",
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
        remedy="Leave out `sign_alias` too, as you leave out `checksum`.",
        variants=mistaken.with_alias,
    ),
    Mistake(
        name="order_received",
        happened="The names were in the order in which they were received.",
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
        happened="The names were changed to lower case, as some frameworks do.",
        remedy="Use the names as they were received, from the raw query or body.",
        altered="The letter case of the names was changed after the signing.",
        variants=mistaken.lower_names,
    ),
    Mistake(
        name="operation_lower_cased",
        happened="The value of `operation` was changed to lower case.",
        remedy="Sign the values exactly as you receive them: `declinedByTimeout` has two capital "
        "letters.",
        altered="The value of `operation` was changed to lower case after the signing.",
        variants=mistaken.operation_lower_cased,
    ),
    Mistake(
        name="last_semicolon_missing",
        happened="The semicolon at the very end was missing.",
        remedy="Put a `;` after every value, also after the last one.",
        variants=mistaken.no_last_semicolon,
    ),
    Mistake(
        name="other_separators",
        happened="Names and values were not joined by semicolons.",
        remedy="Write `name;value;` for each parameter, with nothing between two parameters.",
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
        remedy="Sign every parameter that you receive: a setting of the shop decides which ones "
        "the gateway sends.",
        altered="Parameters were added after the signing: only the four that are always sent were "
        "signed.",
        variants=mistaken.core_only,
    ),
    Mistake(
        name="additional_params_not_flattened",
        happened="The members of `additionalParams` were left out, or signed as one value.",
        remedy="Sign each member of `additionalParams` as a separate parameter.",
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
        happened="Of two parameters with the same name, the first one was signed.",
        remedy="Sign the last one: the gateway adds its parameters after your own query. It is "
        "better to remove that name from your callback address.",
        variants=mistaken.first_of_equal,
    ),
    Mistake(
        name="plus_and_space",
        happened="`+` and the space were confused in a value.",
        remedy="Decode once, as a form is decoded: `+` is a space and `%2B` is a plus.",
        altered="In transit a `+` became a space, or a space became a `+`.",
        variants=mistaken.plus_and_space,
    ),
    Mistake(
        name="still_encoded",
        happened="The values were signed while they were percent-encoded.",
        remedy="Decode every value before you sign it.",
        altered="The values were already decoded when this text was copied.",
        variants=mistaken.still_encoded,
    ),
    Mistake(
        name="decoded_twice",
        happened="The values were decoded twice.",
        remedy="Decode once: most frameworks decode a value before your code gets it.",
        altered="The values were encoded a second time in transit.",
        variants=mistaken.decoded_twice,
    ),
    Mistake(
        name="values_trimmed",
        happened="White space around a value was removed.",
        remedy="Sign the values exactly as you receive them: your framework must not trim them.",
        altered="White space was added around a value after the signing.",
        variants=mistaken.trimmed,
    ),
    Mistake(
        name="other_words_for_yes",
        happened="true and false were written as your programming language writes them.",
        remedy="Sign the words `true` and `false` in lower case, as the callback has them.",
        variants=mistaken.other_words_for_yes,
    ),
    Mistake(
        name="other_charset",
        happened="Text was read or signed in a character set other than UTF-8.",
        remedy="Use UTF-8 for the values, for the signed text, and for the key.",
        altered="The values were sent in a character set other than UTF-8.",
        variants=mistaken.other_charset,
    ),
    Mistake(
        name="key_white_space",
        happened="There was white space, a line end or a quotation mark around the key.",
        remedy="Remove them where the key is read, often from a file or an environment variable.",
        variants=mistaken.key_white_space,
        needs_key=True,
    ),
    Mistake(
        name="key_decoded",
        happened="The key was decoded from hex or base64, or it was encoded.",
        remedy="Use the characters of the key unchanged, in UTF-8.",
        variants=mistaken.key_decoded,
        needs_key=True,
    ),
    Mistake(
        name="key_other_case",
        happened="The key was changed to upper or lower case.",
        remedy="Use the key exactly as it is set in the gateway.",
        variants=mistaken.key_other_case,
        needs_key=True,
    ),
    Mistake(
        name="key_empty",
        happened="The key was empty.",
        remedy="Check that your code reads the setting that holds the key.",
        variants=mistaken.key_empty,
        needs_key=True,
    ),
    Mistake(
        name="no_hmac",
        happened="A plain hash was used instead of an HMAC.",
        remedy="Use HMAC with SHA-256: `hash_hmac('sha256', $text, $key)` in PHP.",
        variants=mistaken.no_hmac,
        needs_key=True,
    ),
    Mistake(
        name="key_and_text_exchanged",
        happened="The key and the text were exchanged.",
        remedy="Check which argument of your HMAC function is the key.",
        variants=mistaken.exchanged,
        needs_key=True,
    ),
    Mistake(
        name="other_hash",
        happened="Another hash function was used.",
        remedy="Use SHA-256 with the shared key, and SHA-512 with the certificate.",
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
        remedy="Sign every parameter that you receive: some may be the order's own parameters.",
        altered="Parameters that are not the gateway's were added after the signing.",
        variants=mistaken.without_unknown,
    ),
    Mistake(
        name="one_left_out",
        happened="One parameter was left out.",
        remedy="Sign every parameter that you receive, except `checksum` and `sign_alias`.",
        altered="One parameter was added after the signing.",
        variants=mistaken.without_one,
    ),
    Mistake(
        name="result_changed",
        happened="The operation or its status was changed after the signing.",
        remedy="Do not trust the callback: it was altered. Get the order's status by "
        "getOrderStatusExtended.do.",
        variants=mistaken.result_changed,
        only_in_transit=True,
    ),
)
"""Mistakes that are recognised by the checksum that they lead to."""

# ── Found without a search ───────────────────────────────────────────────────────────────────────

LOWER_CASE: Final = Mistake(
    name="lower_case",
    happened="The checksum is in lower-case hex.",
    remedy="Change it to upper case before you compare, or compare the bytes.",
    altered="The checksum was changed to lower case in transit; the gateway writes upper case.",
)
NO_CHECKSUM: Final = Mistake(
    name="no_checksum",
    happened="The callback has no checksum.",
    remedy="Switch it on: `altyn merchant set SHOP callbacks.checksum=symmetric`, with a key in "
    "`callbacks.key`. Without a checksum, anyone can send you such a callback.",
)
NOT_HEX: Final = Mistake(
    name="not_hex",
    happened="The checksum is not a hexadecimal number; a part of it may be missing.",
    remedy="Copy all of it: 64 hex digits with a shared key, 512 with a certificate of 2048 bits.",
)
NEEDS_CERTIFICATE: Final = Mistake(
    name="needs_certificate",
    happened="This checksum is too long for a shared key: it was made with a private key.",
    remedy="Check it with the certificate that `sign_alias` names, not with the shared key.",
)
NEEDS_KEY: Final = Mistake(
    name="needs_key",
    happened="This checksum has 64 digits: it was made with the shared key.",
    remedy="Check it with the shop's key, not with a certificate.",
)
UNEXPLAINED: Final = Mistake(
    name="unexplained",
    happened="The checksum was made with another key, or from other values.",
    remedy="Compare the keys character by character; then compare the signed text of your code "
    "with the one shown here.",
    altered="The checksum was made with another key, or a value was altered after the signing.",
)
NOT_FOUND_IN_TIME: Final = Mistake(
    name="not_found_in_time",
    happened="The checksum is wrong. The search for the reason was stopped, because it took too "
    "long: the callback has very many parameters.",
    remedy="Compare the signed text of your code with the one shown here.",
)
FOUND_WITHOUT_SEARCH: Final = (
    NOT_FOUND_IN_TIME,
    LOWER_CASE,
    NO_CHECKSUM,
    NOT_HEX,
    NEEDS_CERTIFICATE,
    NEEDS_KEY,
    UNEXPLAINED,
)
"""Mistakes that are found without a search, in no particular order."""


def other_key(owner: str) -> Mistake:
    """The checksum was computed with the key of another shop."""
    return Mistake(
        name="other_key",
        happened=f"The checksum was made with the key of {owner}.",
        remedy="Use the key of the shop that the callback is for.",
        needs_key=True,
    )
