"""Crm decides what other systems learn, and what they tell us."""
