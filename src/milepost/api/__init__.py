"""Floor 5: the native API, version 1, one resource a file."""
