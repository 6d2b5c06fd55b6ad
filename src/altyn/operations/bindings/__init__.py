"""Stored cards: store one without a payment, list, disable, enable, extend."""
