"""Prints the reference from the tables that the gateway itself obeys: `make docs`.

It exists so that a page can be wrong only where the gateway is; what no table knows stands in
`meanings.py`, and a row without its words stops the printing.
"""
