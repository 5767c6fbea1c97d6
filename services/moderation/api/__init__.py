"""What people ask of moderation, through console."""
