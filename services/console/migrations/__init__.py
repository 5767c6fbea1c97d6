"""Ordered changes of console's database, each applied once."""
