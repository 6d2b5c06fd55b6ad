"""Commands for the users of the personal account."""
