"""Secrets at rest and proof of identity: key files, the card vault, passwords, signing keys."""
