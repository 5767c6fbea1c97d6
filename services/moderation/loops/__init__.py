"""What the clock drives in moderation."""
