"""Whom a campaign addresses: CEL over people's profiles."""
