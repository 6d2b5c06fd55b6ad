"""Finds out why a shop's checksum of a callback differs from ours."""
