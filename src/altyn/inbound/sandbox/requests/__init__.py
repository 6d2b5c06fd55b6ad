"""The sandbox's API of the request log: list, show, wait for new ones, send again."""
