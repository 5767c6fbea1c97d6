"""Stories through the whole of Parvis on a real WordPress and a real Bluesky network."""
