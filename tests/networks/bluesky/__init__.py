"""Bluesky, played back from a real network."""
