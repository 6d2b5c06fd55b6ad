"""How it is said on the wire: tables and formats; nothing here decides anything."""
