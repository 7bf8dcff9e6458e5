"""Aramex."""
