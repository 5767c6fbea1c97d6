"""Ingest's collections: objects as last known, polls with their cursors, objects to read again."""
