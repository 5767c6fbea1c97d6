"""Facts stated by `ingest`."""
