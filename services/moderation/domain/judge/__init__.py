"""The judge: from texts to scores with their reasons."""
