"""The classic dialect: methods, paths, codes, views and envelopes of the REST and SOAP services."""
