"""The REST door: a shop's HTTP request becomes a flat set of named texts, an answer becomes JSON.

It hides the many ways in which shops spell the same request; it decides nothing about orders.
"""
