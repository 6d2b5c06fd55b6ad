"""Altyn: a payment gateway that speaks the RBS acquiring protocol, for laptops and for data centres."""

__version__ = "0.1.0"
