"""GEODIS."""
