"""bpost."""
