"""Publisher decides what goes out, when, and that it goes out once."""
