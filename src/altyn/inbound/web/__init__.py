"""What the developer's console and the merchant's personal account share.

The frame with its menu, the parts that pages are made of, the headers of every answer, the choice
of the language, and the two libraries that the pages load from this server.
"""
