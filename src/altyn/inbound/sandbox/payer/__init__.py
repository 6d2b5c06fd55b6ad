"""Plays the payer of an order: opens the gateway's own pages and pays, as a browser does."""
