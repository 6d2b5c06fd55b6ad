"""The card schemes' directory server and the issuer's access control server (ACS), pretended."""

from altyn.simulators.acs.directory import DirectoryServer
from altyn.simulators.acs.http import routes

__all__ = ["DirectoryServer", "routes"]
