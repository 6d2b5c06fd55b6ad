"""Records each request for the request log, masked, after it was answered."""
