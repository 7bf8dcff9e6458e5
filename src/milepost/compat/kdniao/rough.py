"""A rough estimate of a parcel's time on the road, where nobody has stated one and nothing has been
learned: from the straight line between two cities.
"""

from __future__ import annotations

import math

from milepost.domain.place import Place
from milepost.eta.distance import between_km
from milepost.eta.facts import Spot
from milepost.places import locate

# Parcels spend a day at both ends and travel so far an hour with all their stops; roads are longer
# than the straight line by so much.
ENDS_HOURS, KM_PER_HOUR, DETOUR = 24.0, 45.0, 1.3


def rough_hours(start: Place, end: Place) -> int | None:
    """Hours from hand-over to delivery; None where one of the places is not known."""
    km = between_km(_spot(start), _spot(end))
    return None if km is None else math.ceil(ENDS_HOURS + km * DETOUR / KM_PER_HOUR)


def _spot(place: Place) -> Spot:
    found = locate(place)
    return Spot() if found is None else Spot(lat=found.latitude, lng=found.longitude)
