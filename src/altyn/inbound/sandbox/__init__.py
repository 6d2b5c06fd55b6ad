"""The sandbox's own endpoints: the clock, the test cards and callbacks. Not in production."""
