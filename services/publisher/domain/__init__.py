"""Pure rules of publisher."""
