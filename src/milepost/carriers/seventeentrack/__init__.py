"""17TRACK: answers of its v2 API and its webhook."""
