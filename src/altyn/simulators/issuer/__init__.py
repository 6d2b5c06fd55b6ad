"""The simulator of the acquiring bank and of the issuer, as one bank."""

from altyn.simulators.issuer.bank import IssuerSimulator
from altyn.simulators.issuer.books import Books

__all__ = ["Books", "IssuerSimulator"]
