"""The whole hub between real and simulated systems."""
