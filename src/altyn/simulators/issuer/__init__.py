"""The acquiring bank and the issuer behind it, pretended as one."""

from altyn.simulators.issuer.bank import IssuerSimulator
from altyn.simulators.issuer.books import Books

__all__ = ["Books", "IssuerSimulator"]
