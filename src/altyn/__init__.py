"""Altyn: a payment gateway that speaks the RBS acquiring protocol, on laptops and in data centres."""

__version__ = "0.1.0"
