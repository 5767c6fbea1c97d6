"""The simulated ad network of `parvis simulator`."""
