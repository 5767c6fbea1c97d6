"""The networks: one folder each, behind the protocols of `capabilities`."""
