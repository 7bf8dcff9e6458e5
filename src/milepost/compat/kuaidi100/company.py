"""Whether a company that a client names has to do with a parcel.

Sources do not agree on where a house ends: one says Deppon, another Deppon freight; one DHL,
another DHL Express. Such branches count as one house here.
"""

from __future__ import annotations

from milepost.compat.core import Watch
from milepost.domain.track import Track

# What the company of a subscription to the map is kept with: one may have both.
MAP = "/map"

_BRANCHES = ("-freight", "-international", "-logistics", "-large", "-chengyun")
_HOUSES = {"dhl", "dpd", "gls", "ups", "fedex"}
_SAME = {"ems": "china-post"}


def house_of(slug: str) -> str:
    """The house that a carrier belongs to, by our slug."""
    for branch in _BRANCHES:
        slug = slug.removesuffix(branch)
    first = slug.partition("-")[0]
    return first if first in _HOUSES else _SAME.get(slug, slug)


def code_of(watch: Watch) -> str:
    """The company as its subscriber wrote it."""
    return (watch.carrier_code or "").removesuffix(MAP)


def involved(track: Track, carrier: str | None) -> bool:
    """Whether a carrier (None: left open) has had the parcel, or nobody knows who has."""
    known = {slug for slug in (*(leg.carrier for leg in track.legs), track.carrier) if slug}
    if carrier is None or not known:
        return True
    return house_of(carrier) in {house_of(slug) for slug in known}
