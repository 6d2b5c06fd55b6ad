"""The HTTP connections of a process: bounds on what they hold, and how they end."""
