"""The commands that run a gateway: `altyn serve`, `doctor`, `migrate` and `keys`."""
