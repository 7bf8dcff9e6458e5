"""Asendia."""
