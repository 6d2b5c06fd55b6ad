"""The error of a value that breaks a rule of its type."""


class Malformed(Exception):  # noqa: N818 - it names the value, and is always caught
    """The value breaks a rule; the text names the rule, never the value."""
