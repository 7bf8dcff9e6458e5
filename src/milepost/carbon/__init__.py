"""Greenhouse gases of transport, well to wheel, leg by leg, in the way of ISO 14083. Pure."""
