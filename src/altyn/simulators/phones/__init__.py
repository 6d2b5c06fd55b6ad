"""The phones of the sandbox: messages that arrive, and what their owners answer."""
