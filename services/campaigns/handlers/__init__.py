"""One file an event that campaigns reads."""
