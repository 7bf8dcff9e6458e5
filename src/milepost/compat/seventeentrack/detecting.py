"""Which carrier a number is registered with: the one that is named, else the one that it shows."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from milepost.compat.core import Crosswalk
from milepost.compat.seventeentrack import faults
from milepost.compat.seventeentrack.call import Call
from milepost.compat.seventeentrack.faults import FaultError
from milepost.compat.seventeentrack.road import key_of, told_of
from milepost.identify import identify

DETECTED, GIVEN, GUESSED = 1, 2, 3
_SURE, _LIKELY = 0.8, 0.5
# Where 17TRACK's keys lie: postal operators, couriers, Chinese couriers.
_KEYS = (range(1_001, 100_000), range(100_001, 102_000), range(190_001, 192_000))


class Carrier(Struct, frozen=True):
    """`key` is 17TRACK's (0: it has none), `slug` ours, `origin` how it was come by: 1 detected,
    2 as given, 3 guessed.
    """

    key: int
    slug: str | None
    origin: int


def given(crosswalk: Crosswalk, key: int, fault: int = faults.BAD_CARRIER) -> Carrier:
    """The carrier that a client names. Raises FaultError where 17TRACK can have no such key.

    A key of the right kind that we have no name for is kept: its scans tell who it is.
    """
    slug = crosswalk.slug_of("seventeentrack", key)
    if slug is None and not any(key in keys for keys in _KEYS):
        raise FaultError(fault, key)
    return Carrier(key, slug, GIVEN)


async def detect(call: Call, number: str, country: str | None) -> Carrier:
    """Whose number it is: scans know best, else its form. Raises FaultError."""
    crosswalk = call.services.crosswalk
    track = await call.services.queries.track(call.tenant, number)
    if track is not None and track.carrier and told_of(track):
        return Carrier(key_of(crosswalk, track.carrier), track.carrier, DETECTED)
    odds: Counter[str] = Counter()
    for one in identify(number, country=country).candidates:
        odds[one.carrier] += one.probability  # type: ignore[assignment]
    slug, likely = max(odds.items(), key=lambda pair: pair[1], default=("", 0.0))
    key = key_of(crosswalk, slug)
    if likely < _LIKELY or not key:
        raise FaultError(faults.NOT_DETECTED)
    return Carrier(key, slug, DETECTED if likely >= _SURE else GUESSED)
