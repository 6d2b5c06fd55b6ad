"""SOAP, the other spelling of the merchants' methods: names, types, operations, reading, writing.

It exists so that whatever a shop can say over REST it can say over SOAP, with the same outcome: the
rules stand in the tables of REST, and here are the names that differ.
"""
