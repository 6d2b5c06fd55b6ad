"""`altyn requests`: what shops have sent, what the gateway answered, and why it refused."""
