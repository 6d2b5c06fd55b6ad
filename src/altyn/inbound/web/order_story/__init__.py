"""An order as a story, for console and personal account: what, how much, what happened when.

It only shows: what can be done with the order is decided by the operations.
"""
