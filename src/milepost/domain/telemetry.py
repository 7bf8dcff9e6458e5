"""What assets measure: trucks, cages, bags, lockers and sensors. Integers, with the unit named."""

from __future__ import annotations

from typing import NamedTuple


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
