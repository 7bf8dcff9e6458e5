"""Zoom2u."""
