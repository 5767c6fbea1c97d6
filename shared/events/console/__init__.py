"""Facts stated by `console`."""
