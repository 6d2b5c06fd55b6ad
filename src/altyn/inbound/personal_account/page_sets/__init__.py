"""The page sets of a shop in its personal account: upload, findings, preview, what is active.

Source: personal-account.md §6.
"""
