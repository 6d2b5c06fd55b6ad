"""Simulators of banks, card schemes and phones, which the sandbox uses in their place."""
