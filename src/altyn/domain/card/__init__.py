"""What is true of a payment card alone: its number, its expiry, its payment system."""
