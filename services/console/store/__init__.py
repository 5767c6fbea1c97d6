"""Console's collections and queries."""
