"""One file a feature, found by being here; see `wiring/feature.py`."""
