"""The service of the sandbox that lends for payment in parts."""
