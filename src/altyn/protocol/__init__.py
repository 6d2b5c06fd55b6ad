"""The forms of the wire: tables and formats; nothing here decides anything."""
