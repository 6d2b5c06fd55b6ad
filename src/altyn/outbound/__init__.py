"""Connectors to outside services: each implements one small port."""
