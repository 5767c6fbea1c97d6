"""What console learns from the others' facts: one file an event; each folds into a read model."""
