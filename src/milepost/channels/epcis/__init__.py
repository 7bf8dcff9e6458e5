"""Answers of standing EPCIS queries, as the standard has them sent."""
