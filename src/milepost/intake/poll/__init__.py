"""Asks upstream accounts for the roads of open shipments, as seldom as will do."""
