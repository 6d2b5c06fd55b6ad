"""Endpoints of the personal account: settings that shops, and the plugins of shops, change."""
