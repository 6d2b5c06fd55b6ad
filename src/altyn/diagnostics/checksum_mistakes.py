"""The usual mistakes in checking a callback's checksum, as one table, in the order they are tried.

It exists because "the checksum does not match" has some thirty reasons, and each of them makes a
checksum of its own by which it can be recognised. Source: callbacks.md §6.4.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from altyn.diagnostics import checksum_recipes as wrong
from altyn.diagnostics.checksum_recipe import Way

Ways = Callable[[Way], Iterator[Way]]


def _no_way(_: Way) -> Iterator[Way]:
    """What is told of, and cannot be searched for."""
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One reason for a wrong checksum.

    `happened` says how the checksum was made; `altered` what became of the callback on its way,
    where a checksum that came with it is explained otherwise than one that a shop computed;
    `remedy` what to do. `of_key`: needs a shared key to be made. `only_on_the_way`: happens to
    callbacks, never in a shop's code.
    """

    name: str
    happened: str
    remedy: str
    altered: str = ""
    ways: Ways = _no_way
    of_key: bool = False
    only_on_the_way: bool = False


MISTAKES: Final = (
    Mistake(
        name="own_query_left_in",
        happened="The parameters of your own address's query were signed too.",
        remedy="Sign only what the gateway added: leave out the query that your callback address "
        "has by itself.",
        ways=wrong.own_left_in,
    ),
    Mistake(
        name="checksum_left_in",
        happened="`checksum` itself was signed.",
        remedy="Leave `checksum` out before the names are sorted.",
        ways=wrong.with_checksum,
    ),
    Mistake(
        name="sign_alias_left_in",
        happened="`sign_alias` was signed.",
        remedy="Leave `sign_alias` out, as `checksum`.",
        ways=wrong.with_alias,
    ),
    Mistake(
        name="order_received",
        happened="The names stood in the order they came.",
        remedy="Sort the names before you join them.",
        ways=wrong.unsorted,
    ),
    Mistake(
        name="sorted_ignoring_case",
        happened="The names were sorted without regard to upper and lower case.",
        remedy="Sort by bytes, upper case before lower: `sorted(names)` in Python, "
        "`ksort($names, SORT_STRING)` in PHP.",
        ways=wrong.ignoring_case,
    ),
    Mistake(
        name="names_lower_cased",
        happened="The names were put in lower case, as some frameworks do.",
        remedy="Take the names as they came, from the raw query or body.",
        altered="Names came in another case than they were signed in.",
        ways=wrong.lower_names,
    ),
    Mistake(
        name="last_semicolon_missing",
        happened="The semicolon at the very end was missing.",
        remedy="Put a `;` behind every value, the last one too.",
        ways=wrong.no_last_semicolon,
    ),
    Mistake(
        name="other_separators",
        happened="Names and values were joined by something else than semicolons.",
        remedy="Write `name;value;` for each parameter, with nothing between them.",
        ways=wrong.other_separators,
    ),
    Mistake(
        name="values_only",
        happened="Only the values were joined, without their names.",
        remedy="Write `name;value;` for each parameter.",
        ways=wrong.values_only,
    ),
    Mistake(
        name="core_only",
        happened="Only mdOrder, operation, orderNumber and status were signed.",
        remedy="Sign every parameter that came: which ones come is a setting of the shop.",
        altered="Parameters were added after the signing: only the four that always come fit.",
        ways=wrong.core_only,
    ),
    Mistake(
        name="additional_params_not_flattened",
        happened="The members of `additionalParams` were left out, or signed as one value.",
        remedy="Sign each member of `additionalParams` as a parameter beside the others.",
        ways=wrong.nested_otherwise,
    ),
    Mistake(
        name="empty_dropped",
        happened="Parameters with an empty value were left out.",
        remedy="Sign them too: an empty value gives `name;;`.",
        altered="An empty parameter was added after the signing.",
        ways=wrong.without_empty,
    ),
    Mistake(
        name="first_of_equal_names",
        happened="Of two parameters with one name the first was signed.",
        remedy="Take the last one: your own query stands before what the gateway adds. Better, "
        "take that name out of your callback address.",
        ways=wrong.first_of_equal,
    ),
    Mistake(
        name="plus_and_space",
        happened="`+` and the space were confused in a value.",
        remedy="Decode once, as a form is decoded: `+` is a space and `%2B` is a plus.",
        altered="A `+` became a space on the way, or a space a `+`.",
        ways=wrong.plus_and_space,
    ),
    Mistake(
        name="still_encoded",
        happened="The values were signed percent-encoded.",
        remedy="Decode every value before you sign it.",
        altered="The values had been decoded already when this text was copied.",
        ways=wrong.still_encoded,
    ),
    Mistake(
        name="decoded_twice",
        happened="The values were decoded twice.",
        remedy="Decode once: most frameworks have done it already when your code gets the value.",
        altered="The values were encoded once more on the way.",
        ways=wrong.decoded_twice,
    ),
    Mistake(
        name="values_trimmed",
        happened="White space around a value was taken off.",
        remedy="Sign the values to the letter; switch the framework's trimming off here.",
        altered="White space was added around a value after the signing.",
        ways=wrong.trimmed,
    ),
    Mistake(
        name="other_words_for_yes",
        happened="true and false were written as your language writes them.",
        remedy="Sign the words `true` and `false`, in lower case, as they stand in the callback.",
        ways=wrong.other_words_for_yes,
    ),
    Mistake(
        name="other_charset",
        happened="Text was read or signed in another character set than UTF-8.",
        remedy="Use UTF-8 for the values, for the signed text, and for the key.",
        altered="The values came in another character set than UTF-8.",
        ways=wrong.other_charset,
    ),
    Mistake(
        name="key_white_space",
        happened="There was white space, a line end or a quotation mark around the key.",
        remedy="Strip the key where it is read, often from a file or an environment variable.",
        ways=wrong.key_white_space,
        of_key=True,
    ),
    Mistake(
        name="key_decoded",
        happened="The key was taken for hex or base64 and decoded, or encoded.",
        remedy="Use the key's characters as they stand, in UTF-8.",
        ways=wrong.key_decoded,
        of_key=True,
    ),
    Mistake(
        name="key_other_case",
        happened="The key was put in upper or lower case.",
        remedy="Use the key to the letter.",
        ways=wrong.key_other_case,
        of_key=True,
    ),
    Mistake(
        name="key_empty",
        happened="The key was empty.",
        remedy="See that the setting that holds the key is really read.",
        ways=wrong.key_empty,
        of_key=True,
    ),
    Mistake(
        name="no_hmac",
        happened="A plain hash was taken instead of an HMAC.",
        remedy="Use HMAC with SHA-256: `hash_hmac('sha256', $text, $key)` in PHP.",
        ways=wrong.no_hmac,
        of_key=True,
    ),
    Mistake(
        name="key_and_text_exchanged",
        happened="Key and text had changed places.",
        remedy="See which argument of your HMAC function is the key.",
        ways=wrong.exchanged,
        of_key=True,
    ),
    Mistake(
        name="other_hash",
        happened="Another hash function was used.",
        remedy="The shared key takes SHA-256, the certificate SHA-512.",
        ways=wrong.other_hash,
    ),
    Mistake(
        name="base64",
        happened="The checksum was written in base64.",
        remedy="Write it in hexadecimal, in upper case.",
        ways=wrong.in_base64,
        of_key=True,
    ),
    Mistake(
        name="unknown_left_out",
        happened="Parameters with names that your code does not know were left out.",
        remedy="Sign every parameter that came: an order's own parameters may be among them.",
        altered="Parameters that are not the gateway's were added after the signing.",
        ways=wrong.without_unknown,
    ),
    Mistake(
        name="one_left_out",
        happened="One parameter was left out.",
        remedy="Sign every parameter that came except `checksum` and `sign_alias`.",
        altered="One parameter was added after the signing.",
        ways=wrong.without_one,
    ),
    Mistake(
        name="result_changed",
        happened="The operation or its status was changed after the signing.",
        remedy="Do not believe it: somebody altered it. Ask getOrderStatusExtended.do.",
        ways=wrong.result_changed,
        only_on_the_way=True,
    ),
)
"""What can be recognised by the checksum that it makes."""

# ── What is seen otherwise ────────────────────────────────────────────────────────────────────────

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
TOLD_BESIDE: Final = (LOWER_CASE, NO_CHECKSUM, NOT_HEX, NEEDS_CERTIFICATE, NEEDS_KEY, UNEXPLAINED)
"""What is told without a search, in no order."""


def other_key(whose: str) -> Mistake:
    """It fits the key of somebody else."""
    return Mistake(
        name="other_key",
        happened=f"It was made with the key of {whose}.",
        remedy="Use the key of the shop that the callback is for.",
        of_key=True,
    )
