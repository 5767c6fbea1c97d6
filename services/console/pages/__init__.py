"""Console's web pages, one file a page."""
