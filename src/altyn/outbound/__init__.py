"""Whom we call: each connector speaks to one kind of outside through a small port."""
