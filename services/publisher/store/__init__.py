"""Publisher's collections."""
