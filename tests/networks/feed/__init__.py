"""Feeds: a real blog's, played back, and bad ones."""
