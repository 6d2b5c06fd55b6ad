"""The page that shows a fiscal receipt to its payer."""
