"""Facts stated by `campaigns`."""
