"""The bank of the sandbox whose app confirms invoices (SberPay)."""
