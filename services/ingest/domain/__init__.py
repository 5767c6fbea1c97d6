"""Pure rules of ingest."""
