"""WordPress, played back from a real blog."""
