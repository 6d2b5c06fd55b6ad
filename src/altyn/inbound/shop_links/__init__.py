"""What shops give their payers without a server of their own: static links and the pay button.

Source: personal-account.md §5.
"""
