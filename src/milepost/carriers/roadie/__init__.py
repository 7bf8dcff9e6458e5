"""Roadie."""
