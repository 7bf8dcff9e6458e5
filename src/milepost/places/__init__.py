"""Facility to place and local time zone: never a guess."""

from milepost.places.locate import country_code, locate, zone_of
from milepost.places.located import Located

__all__ = ["Located", "country_code", "locate", "zone_of"]
