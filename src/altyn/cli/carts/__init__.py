"""Commands about carts."""
