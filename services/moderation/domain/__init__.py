"""Pure rules: what a text says, what the house rules make of it, what a case may become."""
