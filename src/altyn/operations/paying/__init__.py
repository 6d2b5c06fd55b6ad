"""Paying, whatever the way: begin, wait for the payer, settle."""
