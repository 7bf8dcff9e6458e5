"""宅急送 ZJS Express."""
