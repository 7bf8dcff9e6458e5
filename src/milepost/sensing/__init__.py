"""What assets measure, read: series, excursions, shock, geofences, containment. Pure."""
