"""Callbacks as the console and the personal account show them: a list, one with its attempts."""
