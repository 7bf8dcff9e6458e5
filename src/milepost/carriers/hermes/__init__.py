"""Hermes Germany."""
