"""The sandbox's own doors: the clock and the test cards, by HTTP. Production has none of this."""
