"""EPCIS 2.0 and the Core Business Vocabulary: read, check, hash, and say in our own words. Pure."""
