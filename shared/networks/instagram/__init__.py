"""Instagram's professional accounts, by the Graph API and its webhooks."""
