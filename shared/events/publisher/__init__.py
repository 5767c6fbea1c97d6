"""Facts stated by `publisher`."""
