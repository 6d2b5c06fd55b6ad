"""Prints the reference from the tables that the gateway uses: `make docs`.

Each page is made of the tables of the code, so it describes what the gateway does. Explanations
that no table has are in `meanings.py`; a row without an explanation stops the printing.
"""
