"""Console's pure rules."""
