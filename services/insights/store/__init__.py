"""Insights' collections and queries."""
