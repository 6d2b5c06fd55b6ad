"""`altyn cards` and `altyn clock`: what only the sandbox has."""
