"""`python -m docs.printing`: writes every page of the reference anew.

Pages that no table prints any longer are removed, so that the folder is exactly what is printed.
"""

from docs.printing.pages import REFERENCE, printed


def main() -> None:
    """Write the pages."""
    pages = printed()
    REFERENCE.mkdir(exist_ok=True)
    for stale in {path.name for path in REFERENCE.glob("*.md")} - pages.keys():
        (REFERENCE / stale).unlink()
    for name, text in pages.items():
        (REFERENCE / name).write_text(text, encoding="utf-8")


main()
