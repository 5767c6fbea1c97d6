"""The catalogue of events: one event a file, in the folder of the service that states it."""
