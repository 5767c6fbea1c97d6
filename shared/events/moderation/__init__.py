"""Facts stated by `moderation`."""
