"""Sends mails over SMTP."""
