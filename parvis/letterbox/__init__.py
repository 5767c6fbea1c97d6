"""A mail server that delivers nothing and shows everything: the demo's mails, and those of tests."""
