"""What the clock drives in campaigns."""
