"""Contracts, generated from the event classes: schemas, AsyncAPI, the picture; and whether a change is compatible."""
