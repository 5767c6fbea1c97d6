"""What operators do to a running platform from a shell."""
