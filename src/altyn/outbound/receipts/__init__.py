"""Sends receipts to fiscal providers."""
