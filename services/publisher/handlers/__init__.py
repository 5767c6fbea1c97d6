"""One file an event that publisher reads."""
