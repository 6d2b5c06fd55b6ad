"""What is true of the personal account: its users and rights, passwords, sessions, audit log."""
