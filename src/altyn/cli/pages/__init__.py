"""`altyn pages`: the page sets that shops upload."""
