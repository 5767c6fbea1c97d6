"""Ingest decides what happened out there: exactly once, nothing missing."""
