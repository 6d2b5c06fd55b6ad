"""Simulators of a bank and of the card schemes' servers, which the sandbox uses instead of them."""
