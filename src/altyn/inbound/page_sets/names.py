"""Lists of names, as the tables of what a page set may have are written."""


def names(*texts: str) -> frozenset[str]:
    """The names of these texts, which spaces separate."""
    return frozenset(name for text in texts for name in text.split())
