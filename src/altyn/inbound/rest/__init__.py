"""The REST endpoint: reads HTTP requests as named texts, and writes answers as JSON."""
