"""The simulated phones of the sandbox: an API for tests, and a page for people."""
