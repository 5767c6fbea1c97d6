"""Facts stated by `insights`."""
