"""What the floor promises about MongoDB, told against real servers, by both drivers."""
