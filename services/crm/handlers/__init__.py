"""One file an event that crm reads."""
