"""X, by its API v2 and its account activity webhooks."""
