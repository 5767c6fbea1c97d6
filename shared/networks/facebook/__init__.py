"""Facebook Pages, by the Graph API and its webhooks."""
