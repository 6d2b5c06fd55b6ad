"""The settings of a shop in its personal account: sections of fields, sessions, callbacks.

Source: personal-account.md §6, §7.
"""
