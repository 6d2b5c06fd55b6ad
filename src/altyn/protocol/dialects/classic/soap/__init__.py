"""SOAP, the other spelling of the merchants' methods: names, types, operations, reading, writing.

A shop can send over SOAP what it can send over REST, with the same result: the rules are in the
tables of REST, and the names that differ are here.
"""
