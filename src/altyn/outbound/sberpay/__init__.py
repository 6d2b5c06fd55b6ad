"""Payments in the app of the bank (SberPay)."""
