"""What staff do with merchants, their users, tokens and settings, and who may do it.

Source: merchant-settings.md §1-3; personal-account.md §1.
"""
