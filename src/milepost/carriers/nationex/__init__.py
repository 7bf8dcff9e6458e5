"""Nationex."""
