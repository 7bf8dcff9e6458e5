"""Which checks scans tell of."""
