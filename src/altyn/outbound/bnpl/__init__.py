"""Payment in parts: the service that lends, asked for orders' money and for later parts."""
