"""The application for a credit, as the bank would show it: a simulated page of the sandbox."""
