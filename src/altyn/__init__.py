"""Altyn: a payment gateway with the RBS acquiring protocol, on a laptop or in a cluster."""

__version__ = "0.1.0"
