"""Ordered changes of insights' database, each applied once."""
