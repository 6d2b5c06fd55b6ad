"""`altyn callbacks`: list, show, tail, resend, verify, listen."""
