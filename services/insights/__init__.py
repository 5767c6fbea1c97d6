"""Insights decides what it means: how much is said, in which mood, by whom, and when a crisis begins."""
