"""The simulated cash register and its operator of fiscal data (OFD)."""
