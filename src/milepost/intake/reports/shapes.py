"""The JSON that devices send."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from milepost.domain.scan import Scan

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Instant = Annotated[str, Meta(max_length=64)] | int | float
Axis = Annotated[list[float], Meta(max_length=60_000)]
Level = Literal["sorter", "truck", "pda", "locker", "station"]


class BurstReport(Struct, kw_only=True):
    """Acceleration along three axes; the first at `at`.

    `unit`: thousandths of g unless it says otherwise. `gravity`: whether gravity is in it, so that
    rest shows 1 g. `upright`: how gravity is felt when the box stands right; with it the tilt is
    found too.
    """

    rate_hz: Annotated[float, Meta(ge=10, le=10_000)]
    x: Axis
    y: Axis
    z: Axis
    unit: Literal["mg", "g", "m_s2"] = "mg"
    gravity: bool = True
    upright: tuple[float, float, float] | None = None


class SampleReport(Struct, kw_only=True):
    """What one device measured at one instant. Give what was measured, in any of the units.

    `asset` (`truck:YB1234`), or the `device` that is registered for one. `at`: RFC 3339 with an
    offset, or seconds, milliseconds or microseconds since 1970. Positions in degrees, WGS 84.
    """

    at: Instant
    asset: Name | None = None
    device: Name | None = None
    lat: float | None = None
    lon: float | None = None
    valid: bool = True
    altitude_m: float | None = None
    altitude_ft: float | None = None
    speed_mm_s: float | None = None
    speed_m_s: float | None = None
    speed_kmh: float | None = None
    speed_mph: float | None = None
    speed_knots: float | None = None
    course_deg: float | None = None
    temperature_mc: float | None = None
    temperature_c: float | None = None
    temperature_f: float | None = None
    temperature_k: float | None = None
    humidity_pm: float | None = None
    humidity_percent: float | None = None
    humidity: float | None = None
    shock_mg: float | None = None
    shock_g: float | None = None
    shock_m_s2: float | None = None
    tilt_deg: float | None = None
    light_lux: float | None = None
    battery_mv: float | None = None
    battery_v: float | None = None
    burst: BurstReport | None = None


class RfidReport(Struct, kw_only=True):
    """A tag seen by a reader: an EPC URI, or its hexadecimal EPC."""

    tag: Name
    at: Instant
    reader: Name | None = None
    antenna: int | None = None
    strength_dbm: int | None = None


class ChangeReport(Struct, kw_only=True):
    """What is in what: see `domain.telemetry.Change`. `child` may be a tracking `number`.

    `action`: `add`, `remove` or `observe`; `load`, `unload`, `bag` and the like are understood.
    """

    at: Instant
    action: Annotated[str, Meta(max_length=40)]
    child: Name | None = None
    number: Name | None = None
    parent: Annotated[str, Meta(max_length=200)] = ""
    source: Annotated[str, Meta(max_length=200)] = "api"
    confidence_pm: Annotated[int, Meta(ge=0, le=1000)] = 1000


class SignOff(Struct, kw_only=True, omit_defaults=True):
    """How a hand-over was proved. References, never the data themselves."""

    signature: Name | None = None
    photograph: Name | None = None
    pickup_code: bool | None = None
    identity: Literal["verified", "failed", "refused"] | None = None


class DeviceScan(Scan, frozen=True, kw_only=True, omit_defaults=True):
    """A scan with what the device knows beside it.

    `action` says what was done (see `actions.toml`), and gives the status where there is no `code`.
    `asset`: the bag, cage, truck or locker that it was done with. `sequence` counts the device's
    own scans. `picture`: a reference to the picture that was taken.
    """

    action: Annotated[str, Meta(max_length=40)] | None = None
    asset: Name | None = None
    sequence: int | None = None
    machine: Name | None = None
    chute: Name | None = None
    weight_g: Annotated[int, Meta(ge=0, le=100_000_000)] | None = None
    size_mm: tuple[int, int, int] | None = None
    picture: Name | None = None
    sign_off: SignOff | None = None


class ScanBatch(Struct, kw_only=True):
    """A device's queue. `sent_at`: what its clock shows while it sends, to set its times right."""

    scans: list[DeviceScan]
    device: Name | None = None
    level: Level | None = None
    actor: Name | None = None
    sent_at: Instant | None = None
