"""The local engines: one MongoDB and one Apache Kafka node, without Docker or a system Java."""
