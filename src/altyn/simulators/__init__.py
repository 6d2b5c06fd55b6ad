"""The outside world, pretended: what the sandbox talks to in place of banks, schemes and phones."""
