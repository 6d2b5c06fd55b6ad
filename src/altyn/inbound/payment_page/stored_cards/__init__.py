"""Stored cards on the payment page: choose one, keep the card of this payment, remove one."""
