"""Teleship."""
