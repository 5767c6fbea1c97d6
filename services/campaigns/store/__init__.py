"""Campaigns' collections."""
