"""What a terminal reports: one position or status, on the way to being a sample."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from milepost.domain.telemetry import Sample
from milepost.engine.devices import Value

KNOTS_MM_S = 514.4444
KMH_MM_S = 277.7778
_BEYOND = 2**40


def _small(value: Any) -> Any:
    return value if value is None or abs(value) < _BEYOND else None


class Report(Struct, kw_only=True):
    """One report of a terminal. `at` is aware and keeps the offset of the device's clock.

    `lat`, `lon` in degrees (WGS 84), None where it names no position; `valid` is what the device
    says of its fix. What has no field of its own is in `attributes`, with the unit in the name.
    """

    at: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    valid: bool = True
    altitude_m: int | None = None
    speed_mm_s: int | None = None
    course_deg: int | None = None
    temperature_mc: int | None = None
    humidity_pm: int | None = None
    shock_mg: int | None = None
    light_lux: int | None = None
    battery_mv: int | None = None
    attributes: dict[str, Value] = field(default_factory=dict)
    # Whether it says which alarms there are; without any alarm: that there are none.
    tells_alarms: bool = False
    # Attributes of which it says that there is nothing, such as `doors_open`: all are shut.
    nothing: tuple[str, ...] = ()

    @property
    def located(self) -> bool:
        return self.lat is not None and self.lon is not None

    def knots(self, speed: float) -> None:
        self.speed_mm_s = round(speed * KNOTS_MM_S)

    def kmh(self, speed: float) -> None:
        self.speed_mm_s = round(speed * KMH_MM_S)

    def course(self, degrees: float) -> None:
        """A course; devices that do not know theirs send one beyond the circle."""
        self.course_deg = round(degrees) % 360 if 0 <= degrees <= 360 else None

    def celsius(self, degrees: float, number: int = 1) -> None:
        """A temperature; the first sensor's is the sample's, the others' are attributes."""
        if number == 1:
            self.temperature_mc = round(degrees * 1000)
        else:
            self.attributes[f"temperature_{number}_mc"] = round(degrees * 1000)

    def alarm(self, name: str | None) -> None:
        """Add an alarm to those that the report carries."""
        if name and name not in self.alarms:
            self.tells_alarms = True
            self.attributes["alarm"] = ",".join((*self.alarms, name))

    def alarm_code(self, code: int, names: Mapping[int, str], none: Container[int] = (0,)) -> None:
        """An alarm by its code in a table; one that the table lacks goes by its number."""
        self.tells_alarms = True
        if code not in none:
            self.alarm(names.get(code, str(code)))

    def alarm_bits(self, bits: int, names: Mapping[int, str], first: int = 0) -> None:
        """The alarms of a field of bits; a bit that the table lacks goes by its number."""
        self.tells_alarms = True
        for bit in range(first, bits.bit_length()):
            if bits >> bit & 1:
                self.alarm(names.get(bit, str(bit)))

    @property
    def alarms(self) -> tuple[str, ...]:
        """The alarms that it carries."""
        return tuple(name for name in str(self.attributes.get("alarm", "")).split(",") if name)

    def sample(self, asset: str) -> Sample | None:
        """As a sample of an asset; None without a time, or where nothing was measured.

        Zeros for both coordinates without a fix are how devices say that they know no place.
        """
        if self.at is None:
            return None
        known = self.located and (self.valid or bool(self.lat or self.lon))
        found = Sample(
            asset=asset,
            at_us=round(self.at.timestamp() * 1_000_000),
            lat_e7=round((self.lat or 0) * 1e7) if known else None,
            lon_e7=round((self.lon or 0) * 1e7) if known else None,
            valid=self.valid,
            altitude_m=self.altitude_m,
            speed_mm_s=self.speed_mm_s,
            course_deg=self.course_deg,
            temperature_mc=self.temperature_mc,
            humidity_pm=self.humidity_pm,
            shock_mg=self.shock_mg,
            light_lux=self.light_lux,
            battery_mv=self.battery_mv,
        )
        # Beyond what any sensor can measure is beyond what the store keeps.
        found = Sample(*found[:2], *(_small(value) for value in found[2:]))
        measured = (found.lat_e7, *found[8:])
        return found if any(value is not None for value in measured) else None
