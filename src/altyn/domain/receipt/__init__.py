"""Fiscal receipts under the law 54-FZ: what they contain, and how a shop wants them made."""
