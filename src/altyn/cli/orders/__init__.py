"""`altyn order` and `altyn pay`: an order as people see it, and a payer at the terminal."""
