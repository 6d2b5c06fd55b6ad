"""Invoices and payment links in the personal account. Source: personal-account.md §5."""
