"""Moderation's collections: interactions as judged, cases with their evidence, house rules, authors."""
