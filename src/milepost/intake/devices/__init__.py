"""Terminals and trackers: their protocols, and the gateway that they connect to."""
