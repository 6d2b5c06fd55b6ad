"""The embedded PostgreSQL: Altyn starts this server itself, so no database must be installed.

It is for laptops, CI and small machines; on larger ones, ALTYN_DATABASE_URL names another server.
"""

from altyn.embedded_postgres.errors import EmbeddedPostgresError
from altyn.embedded_postgres.launcher import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]
