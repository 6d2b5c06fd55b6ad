"""The cart of an order: its document, positions, rules, and parts of it."""
