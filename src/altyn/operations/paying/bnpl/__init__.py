"""Payment in parts: the payer's application, the first part by card, the later parts."""
