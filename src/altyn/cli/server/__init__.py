"""`altyn serve`, `doctor`, `migrate` and `keys`: running a gateway."""
