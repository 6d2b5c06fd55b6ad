"""The SOAP door: a shop's envelope becomes a named operation and its parameters, and an answer goes
back as an envelope.

It hides XML, WS-Security and everything that can be wrong with them; it decides nothing about
orders.
"""
