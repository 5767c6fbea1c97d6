"""Moderation: its judge, its rules, its cases."""
