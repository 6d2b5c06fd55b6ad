"""The payment link of an order on a page, as a till would show it."""
