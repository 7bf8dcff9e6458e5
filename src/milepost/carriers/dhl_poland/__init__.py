"""DHL Poland: DHL24 web service."""
