"""The fiscal provider ATOL Online: protocol v5 (FFD 1.2) and v4 (FFD 1.05) over HTTP."""
