"""Hongkong Post."""
