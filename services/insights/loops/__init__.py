"""What the clock drives in insights."""
