"""Long lines on the terminal: folded at blanks and commas, nothing cut."""

from rich.cells import cell_len

from altyn.cli.columns import folded
from altyn.cli.output import TABLE_WIDTH


def test_long_lines_are_folded_and_indented() -> None:
    line = f"  currencies  {','.join(str(code) for code in range(100, 140))}  (set)"

    first, *rest = folded(line, 14).split("\n")

    assert all(cell_len(each) <= TABLE_WIDTH for each in (first, *rest))
    assert all(each.startswith(" " * 14 + "1") for each in rest)
    assert first + "".join(each[14:] for each in rest) == line


def test_short_lines_and_long_words_are_kept() -> None:
    address = f"https://shop.example/{'a' * 100}"
    assert folded("  hold_days  7", 4) == "  hold_days  7"
    assert folded(f"  urls  {address}", 4) == f"  urls\n    {address}"
