"""`python -m docs.printing`: writes every page of the reference.

Removes pages that are no longer printed.
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
