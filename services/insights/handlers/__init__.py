"""One file per event that insights reads."""
