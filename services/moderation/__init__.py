"""Moderation decides what may stay, and what a person must see."""
