"""Connectors to the acquiring bank."""
