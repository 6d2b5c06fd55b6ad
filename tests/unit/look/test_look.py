"""The common style: formats of amounts and dates, contrast of colours, cacheable static files."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from altyn.domain.money import RUB, Money
from altyn.look import (
    LOOK_STATIC,
    amount_text,
    card_number_text,
    date_text,
    duration_text,
    load_static,
    plural,
)

CSS = (LOOK_STATIC / "look.css").read_text("utf-8")


def tokens(scheme: str) -> dict[str, str]:
    """The colours of one scheme; dark ones replace light ones."""
    light, dark = CSS.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6})", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6})", dark.split("*, ::before")[0]))
    return found


def luminance(colour: str) -> float:
    """The relative luminance by WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast_on_every_background(scheme: str) -> None:
    colour = tokens(scheme)
    pairs = [
        (text, background)
        for text in ("ink", "muted", "action", "ok", "warn", "danger")
        for background in ("paper", "surface")
    ]
    pairs += [(state, f"{state}-tint") for state in ("ok", "warn", "danger")]
    pairs += [("ink", f"{state}-tint") for state in ("ok", "warn", "danger")]
    pairs += [("muted", "warn-tint"), ("on-action", "action"), ("on-action", "action-hover")]
    for text, background in pairs:
        assert contrast(colour[text], colour[background]) >= 4.5, (
            f"{text} on {background}, {scheme}"
        )
    # A border of a field is between the field and the page; both have the colour paper.
    assert contrast(colour["line"], colour["paper"]) >= 3
    assert contrast(colour["gold"], colour["paper"]) >= 3


def test_dates_are_in_moscow_time() -> None:
    moment = datetime(2026, 11, 21, 15, 42, tzinfo=UTC)
    assert date_text(moment).replace("\u00a0", " ") == "21 ноября 2026, 18:42 (МСК)"
    assert date_text(moment, "en").replace("\u00a0", " ") == "21 November 2026, 18:42 (Moscow time)"
    new_year = datetime(2026, 12, 31, 21, 0, tzinfo=UTC)
    assert date_text(new_year).replace("\u00a0", " ") == "1 января 2027, 00:00 (МСК)"


def test_amounts_have_no_break_spaces() -> None:
    assert amount_text(Money(1_500_00, RUB)) == "1\u202f500,00\u00a0₽"
    assert amount_text(Money(1_500_00, RUB), "en") == "1\u202f500.00\u00a0₽"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1122, "18:42"), (59, "0:59"), (4722, "1:18:42"), (0, "0:00"), (-5, "0:00")],
)
def test_time_left(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text


def test_card_numbers_are_grouped() -> None:
    assert card_number_text("4111111111111111") == "4111 1111 1111 1111"
    assert card_number_text("639002000000000003") == "6390 0200 0000 0000 03"
    assert card_number_text("371449635398431") == "3714 496353 98431"


@pytest.mark.parametrize(
    ("count", "form"),
    [(1, "one"), (3, "few"), (5, "many"), (11, "many"), (12, "many"), (22, "few"), (0, "many")],
)
def test_russian_plural_forms(count: int, form: str) -> None:
    assert plural(count) == form


def test_one_changed_byte_changes_the_address_of_the_bundle(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    (tmp_path / "b.js").write_text("1")
    before = load_static(tmp_path)
    assert load_static(tmp_path).digest == before.digest
    (tmp_path / "b.js").write_text("2")
    after = load_static(tmp_path)
    assert after.digest != before.digest
    assert after.prefix("/payment/static") == f"/payment/static/{after.digest}"


def test_bundle_opens_no_path_and_has_media_types(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    bundle = load_static(tmp_path)
    assert bundle.find("../a.css") is None
    found = bundle.find("a.css")
    assert found is not None
    assert found.media_type == "text/css; charset=utf-8"
    (tmp_path / "a.exe").write_text("")
    with pytest.raises(KeyError):
        load_static(tmp_path)


def test_comments_and_indents_are_removed(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("/* why\n so */\na {\n  color: red; /* warm */\n}\n")
    (tmp_path / "b.js").write_text(
        '// why\n\n  const url = "//x"; // kept: not a line of its own\n'
    )
    files = load_static(tmp_path).files
    assert files["a.css"].content == b"a {\ncolor: red;\n}"
    assert files["b.js"].content == b'const url = "//x"; // kept: not a line of its own'
