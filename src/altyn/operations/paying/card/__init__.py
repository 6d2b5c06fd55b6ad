"""The card with 3-D Secure: the first way to pay, and the only package about cards."""
