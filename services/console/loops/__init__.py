"""What the clock drives in console."""
