"""Proof of delivery: files that are checked, stripped of metadata, sealed, and shown to few."""
