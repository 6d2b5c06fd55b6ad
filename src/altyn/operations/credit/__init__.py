"""Purchases on credit: what a registration needs, and the application of the payer."""
