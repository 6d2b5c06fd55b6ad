"""The main page of the personal account: the shop's key figures."""
