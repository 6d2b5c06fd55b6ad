"""Passkeys of a user of the personal account: the page to manage them, and the login with one."""
