"""The commands `altyn order`, which shows orders, and `altyn pay`, which pays one."""
