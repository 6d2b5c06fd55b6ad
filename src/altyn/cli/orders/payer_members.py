"""What `altyn pay` asks the simulated payer for, by the way to pay."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from altyn.cli.output import CommandError

Members = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayOptions:
    """The options of `altyn pay` that not every way has; None or False: not given."""

    card: str | None = None
    expiry: str | None = None
    cvc: str | None = None
    holder: str | None = None
    code: str | None = None
    otp: str | None = None
    no_code: bool = False
    cancel: bool = False
    phone: str | None = None
    refuse: bool = False


CARD_OPTIONS: Final[Mapping[str, Callable[[PayOptions], bool]]] = {
    "--card": lambda it: it.card is not None,
    "--expiry": lambda it: it.expiry is not None,
    "--cvc": lambda it: it.cvc is not None,
    "--holder": lambda it: it.holder is not None,
    "--code": lambda it: it.code is not None,
    "--otp": lambda it: it.otp is not None,
    "--no-3ds-code": lambda it: it.no_code,
    "--cancel": lambda it: it.cancel,
}


def members_of(way: str, options: PayOptions) -> Members:
    """The members of the request. `way` may be written as the gateway writes it: BNPL.

    Refuses with CommandError: an unknown way, an option that the way lacks or does not have.
    """
    build = WAYS.get(way.lower())
    if build is None:
        from altyn.domain.card.free_text import mask_card_numbers

        raise CommandError(f"--way takes {', '.join(WAYS)}, not {mask_card_numbers(way)!r}.")
    return build(options)


def _card(options: PayOptions) -> Members:
    if options.code is not None and options.otp is not None:
        raise CommandError("--code and --otp are both the 3-D Secure code. Give one of them.")
    if options.otp is None:
        acs = read_acs(code=options.code, leave=options.no_code, cancel=options.cancel)
    else:
        acs = _acs_of_otp(options)
    return {"way": "CARD", **_card_members(options), **acs}


def _bnpl(options: PayOptions) -> Members:
    """`--code` is the code of the SMS, and `--otp` that of the bank's page."""
    if options.phone is None:
        raise CommandError("Give --phone, the number that gets the code by SMS: +79998887766.")
    members = {"way": "BNPL", **_card_members(options), "code": options.code}
    return {**members, **_acs_of_otp(options)}


def _acs_of_otp(options: PayOptions) -> dict[str, str | None]:
    return read_acs(
        code=options.otp, leave=options.no_code, cancel=options.cancel, code_option="--otp"
    )


def _card_members(options: PayOptions) -> Members:
    if options.card is None:
        raise CommandError("Give --card, the number of the card; see `altyn cards`.")
    if options.refuse:
        raise CommandError("--refuse goes with --way sberpay. A card has --cancel.")
    return {
        "pan": "".join(character for character in options.card if character.isdigit()),
        "expiry": None if options.expiry is None else read_expiry(options.expiry),
        "cvc": options.cvc,
        "holder": options.holder or "CARD HOLDER",
        "phone": options.phone,
    }


def _sberpay(options: PayOptions) -> Members:
    of_cards = [name for name, is_given in CARD_OPTIONS.items() if is_given(options)]
    if of_cards:
        raise CommandError(f"{', '.join(of_cards)}: not with --way sberpay, which has no card.")
    if options.phone is None:
        raise CommandError("Give --phone, the number that gets the push message: +79998887766.")
    decision = "refuse" if options.refuse else "confirm"
    return {"way": "SBERPAY", "phone": options.phone, "decision": decision}


WAYS: Final[Mapping[str, Callable[[PayOptions], Members]]] = {
    "card": _card,
    "sberpay": _sberpay,
    "bnpl": _bnpl,
}


def read_acs(
    *, code: str | None, leave: bool, cancel: bool, code_option: str = "--code"
) -> dict[str, str | None]:
    """What the payer does on the bank's page. Refuses with CommandError: options that contradict
    each other."""
    named = [
        name
        for name, is_set in (
            (code_option, code is not None),
            ("--no-3ds-code", leave),
            ("--cancel", cancel),
        )
        if is_set
    ]
    if len(named) > 1:
        raise CommandError(f"{' and '.join(named)} contradict each other. Give one of them.")
    return {"otp": code, "acs": "LEAVE" if leave else "CANCEL" if cancel else "CONFIRM"}


def read_expiry(text: str) -> str:
    """MM/YY, MM/YYYY or YYYYMM as YYYYMM. Refuses with CommandError: any other text."""
    month, slash, year = text.replace(" ", "").partition("/")
    if not slash:
        month, year = text[4:], text[:4]
    year = f"20{year}" if len(year) == 2 else year  # noqa: PLR2004 - two digits of a year
    if not (month.isdecimal() and year.isdecimal() and len(year) == 4 and 1 <= int(month) <= 12):  # noqa: PLR2004
        raise CommandError(f"{text!r} is not an expiry. Write it as on the card: 12/34.")
    return f"{year}{int(month):02}"
