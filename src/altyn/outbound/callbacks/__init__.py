"""Callback requests: which addresses may be called, and how a request is written and sent."""
