"""ShipEngine."""
