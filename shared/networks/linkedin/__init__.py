"""LinkedIn Pages, by its versioned REST API and its organization notifications."""
