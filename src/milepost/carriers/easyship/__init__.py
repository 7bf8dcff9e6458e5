"""Easyship."""
