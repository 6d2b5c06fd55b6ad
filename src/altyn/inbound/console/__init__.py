"""The developer's console at `/`: what a shop's developer needs to see, without the command line.

The console exists in the sandbox only.
"""
