"""Endpoints of the personal account: its pages, and settings that the plugins of shops change."""
