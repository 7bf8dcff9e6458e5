"""HayPost."""
