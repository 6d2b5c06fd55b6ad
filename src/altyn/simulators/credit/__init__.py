"""The bank of the sandbox that decides applications for a credit."""
