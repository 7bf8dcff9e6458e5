"""What assets measure: trucks, cages, bags, lockers and sensors. Integers, with the unit named.

And what is in what: parcels in bags in cages in trucks.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

PARCEL = "parcel:"
SENSOR = "sensor:"
EVERYTHING = "*"  # the child of a `remove` that empties its parent
Action = Literal["add", "remove", "observe"]
SURE_PM = 1000


class Sample(NamedTuple):
    """What one asset measured at one instant. None: not measured, never zero.

    `asset` is the tenant's name of it (`truck:YB1234`). `at_us` is the device's time in
    microseconds since 1970; `valid` is what the device says of its own fix.
    """

    asset: str
    at_us: int
    lat_e7: int | None = None  # degrees × 10⁷, WGS 84
    lon_e7: int | None = None
    valid: bool = True
    altitude_m: int | None = None
    speed_mm_s: int | None = None
    course_deg: int | None = None
    temperature_mc: int | None = None  # thousandths of a degree Celsius
    humidity_pm: int | None = None  # per mille of relative humidity
    shock_mg: int | None = None  # peak acceleration beyond rest, thousandths of g
    tilt_deg: int | None = None
    light_lux: int | None = None
    battery_mv: int | None = None


class RfidRead(NamedTuple):
    """A tag seen by a reader. `tag` is an EPC URI or the tag's hexadecimal EPC."""

    reader: str
    tag: str
    at_us: int
    antenna: int | None = None
    strength_dbm: int | None = None


class Change(NamedTuple):
    """One statement on what is in what. Names are the tenant's: `truck:…`, `cage:…`, `bag:…`,
    `sensor:…`, and `parcel:NUMBER` for a tracking number (see `parcel_name`).

    `add`: the child was put into the parent. `remove`: it was taken out of it (`parent` "": out of
    whatever it was in; `child` "*": the parent was emptied). `observe`: it was seen in the parent;
    at a place (`place:…`), so in no vehicle any more; with `parent` "", by itself in no asset.
    `confidence_pm`: how far the source is believed, per mille.
    """

    child: str
    parent: str
    at_us: int
    action: Action
    source: str
    confidence_pm: int = SURE_PM


class Contained(NamedTuple):
    """A child was in a parent. `until_us` None: it still is. `seen_us`: the last sign of it there.

    `began`, `ended`: `stated` (a scan, a business system), `observed` (a reader) or `inferred`.
    `confidence_pm`: how far the stretch as it stands is to be believed; an inferred end lowers it.
    """

    child: str
    parent: str
    from_us: int
    until_us: int | None
    seen_us: int
    began: str
    ended: str | None
    confidence_pm: int


def kind_of(name: str) -> str:
    """The kind of an asset, which its name begins with: `truck`, `bag`, `parcel` …"""
    return name.partition(":")[0]


def parcel_name(number: str) -> str:
    """The name under which a tracking number (in its normal form) is contained in assets."""
    return PARCEL + number


def number_of(name: str) -> str | None:
    """The tracking number behind a name; None for an asset."""
    return name[len(PARCEL) :] if name.startswith(PARCEL) else None
