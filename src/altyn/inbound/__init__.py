"""Endpoints that parse and authenticate requests and present results; they decide nothing."""
