"""One file an event that ingest reads."""
