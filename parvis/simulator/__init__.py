"""A small stand-in for social networks, with faults on demand: it remembers all that was asked of it."""
