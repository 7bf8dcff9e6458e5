"""The road drawn on a map: where the stops are, how it went between them, and the picture."""
