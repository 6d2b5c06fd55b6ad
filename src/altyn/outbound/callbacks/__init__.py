"""The shops' own addresses: where a callback may go, and the letter that goes there."""
