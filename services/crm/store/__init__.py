"""Crm's collections."""
