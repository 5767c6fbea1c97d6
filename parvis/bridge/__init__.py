"""Receivers of webhooks that write into other systems: each verifies, writes once, and answers."""
