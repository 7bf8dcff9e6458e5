"""Singapore Post."""
