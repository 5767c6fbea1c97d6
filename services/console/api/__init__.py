"""Console's public API, one file a resource."""
