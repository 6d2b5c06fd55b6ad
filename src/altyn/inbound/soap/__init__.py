"""The SOAP endpoint: reads envelopes as requests of the classic dialect, and writes the answers."""
