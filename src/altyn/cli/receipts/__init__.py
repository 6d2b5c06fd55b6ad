"""`altyn receipt`: list, show, resend."""
