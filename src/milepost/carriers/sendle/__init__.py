"""Sendle."""
