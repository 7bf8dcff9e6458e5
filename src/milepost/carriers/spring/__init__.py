"""Spring GDS."""
