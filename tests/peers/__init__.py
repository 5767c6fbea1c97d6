"""Clients against the real networks: `make test-peers`."""
