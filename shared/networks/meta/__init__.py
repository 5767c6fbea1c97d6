"""What Meta's networks have in common: the Graph API and its signed webhooks."""
