"""Veho."""
