"""The command `altyn merchant`: shops, their users, settings and certificates."""
