"""Allied Express."""
