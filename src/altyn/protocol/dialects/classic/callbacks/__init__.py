"""Callbacks as the classic dialect writes them: parameters, request, checksum."""
