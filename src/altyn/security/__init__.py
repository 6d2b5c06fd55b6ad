"""Protects secrets: the key file, the card vault, passwords, and signing keys."""
