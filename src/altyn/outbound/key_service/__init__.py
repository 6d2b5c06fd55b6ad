"""Key services on the network, which wrap the key of the key file."""
