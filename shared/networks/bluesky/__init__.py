"""Bluesky: posts, replies and mentions of one account, through its own data server (PDS)."""
