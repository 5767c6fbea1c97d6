"""Campaigns decides who is addressed, at what cost, and what worked."""
