"""What stands between Parvis and those who mean it harm."""
