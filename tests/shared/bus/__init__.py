"""What the bus promises, on a real Kafka and a real MongoDB."""
