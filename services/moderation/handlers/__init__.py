"""What moderation does about each event that it reads."""
