"""Connectors to 3-D Secure: the directory server and the issuer's ACS."""
