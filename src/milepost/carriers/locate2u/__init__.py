"""Locate2u."""
