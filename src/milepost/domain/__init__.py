"""Floor 0: what the product is about. Pure: no I/O, no clock, no randomness."""
