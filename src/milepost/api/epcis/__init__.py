"""The EPCIS 2.0 REST binding, below `/v1/epcis`."""
