"""Simulators of the card schemes' directory server and of the issuer's access control server."""

from altyn.simulators.acs.directory import DirectoryServer
from altyn.simulators.acs.http import routes

__all__ = ["DirectoryServer", "routes"]
