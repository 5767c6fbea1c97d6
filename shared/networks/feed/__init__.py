"""RSS and Atom feeds: what others publish, read only."""
