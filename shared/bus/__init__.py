"""Kafka, whose client no other package names: envelope, producer, consumer and its pipeline, outbox relay."""
