"""Milepost: self-hosted shipment tracking."""
