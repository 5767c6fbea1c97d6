"""What the clock drives."""
