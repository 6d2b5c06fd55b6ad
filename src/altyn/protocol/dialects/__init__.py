"""The dialects of the protocol: one package of tables each."""
