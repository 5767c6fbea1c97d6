"""Ordered changes of moderation's database, each applied once."""
