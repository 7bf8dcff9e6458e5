"""Floor 2: the eight rooms that a scan walks through. See `journey.py` for the one list."""
