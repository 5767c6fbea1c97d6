"""The smallest service that stands on the whole floor, for the tests that watch a process begin and end."""
