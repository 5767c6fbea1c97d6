"""Console decides who may do what, and shows people what happens."""
