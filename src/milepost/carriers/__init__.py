"""Carriers and aggregators: one folder each, found by `registry`."""
