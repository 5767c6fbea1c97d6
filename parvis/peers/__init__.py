"""Real networks on this machine: a WordPress and the whole of Bluesky, for the demo and the tests."""
