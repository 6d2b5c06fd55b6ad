"""Reads and checks the page sets that shops upload, and fills the pages with an order's values.

Source: payment-page.md §1; personal-account.md §6.
"""
