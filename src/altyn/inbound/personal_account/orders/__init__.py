"""The orders of a shop in its personal account: the list, one order, and what is done with it."""
