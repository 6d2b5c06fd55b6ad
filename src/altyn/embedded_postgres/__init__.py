"""The embedded PostgreSQL: a server that Altyn starts itself, so that nothing else is installed.

It serves laptops, CI and small machines; larger ones name their server in ALTYN_DATABASE_URL.
"""

from altyn.embedded_postgres.errors import EmbeddedPostgresError
from altyn.embedded_postgres.launcher import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]
