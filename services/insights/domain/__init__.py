"""Pure rules: what an interaction counts as, what is usual, and when it is a crisis."""
