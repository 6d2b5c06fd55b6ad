"""The personal account's doors: what shops, and the plugins of shops, set for themselves."""
