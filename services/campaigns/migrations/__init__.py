"""Ordered changes of the stored shape, each once."""
