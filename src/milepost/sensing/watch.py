"""What the rules on sensors observe of one shipment: stretches with a begin and perhaps an end.

A function of what was measured, the limits and the time: late samples give the same answer as
they would have given in time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from milepost.domain.alert import Severity
from milepost.domain.care import Limits
from milepost.sensing.excursion import Band, Excursion, excursions

# Not `detour`: that is what scans show of the facilities passed.
OFF_PATH = "off_planned_path"
RULES = (
    "temperature_excursion", "humidity_excursion", "shock", "opened", "tilted", "sensor_silent",
    OFF_PATH,
)  # fmt: skip
# The fields that each rule is about; a sensor that measures any of them must not fall silent.
FIELDS = ("temperature_mc", "humidity_pm", "shock_mg", "light_lux", "tilt_deg")
TILTED_US = 60_000_000
TILT_HYSTERESIS_DEG = 10
OFF_PATH_US = 600_000_000
Values = tuple[Sequence[int], Sequence[int]]  # times in µs, ascending; values


class Episode(NamedTuple):
    """A rule holds from `since_us` until `until_us` (None: still)."""

    rule: str
    severity: Severity
    since_us: int
    until_us: int | None
    detail: dict[str, str | int | float | None]


class Measured(NamedTuple):
    """What concerns one shipment. `aside`: metres from the planned path, and its corridor.

    `until_us`: when it was handed over and its sensors say nothing of it any more.
    """

    curves: Mapping[str, Values]
    aside: tuple[Values, int] | None = None
    until_us: int | None = None


def episodes(measured: Measured, limits: Limits, now_us: int) -> list[Episode]:
    """All that held or holds, by begin. Hand-over ends what still holds."""
    found = [
        *_temperature(measured, limits), *_humidity(measured, limits), *_shock(measured, limits),
        *_opened(measured, limits), *_tilted(measured, limits), *_silent(measured, limits, now_us),
        *_off_path(measured),
    ]  # fmt: skip
    if measured.until_us is not None:
        found = [_ended(one, measured.until_us) for one in found]
    return sorted(found, key=lambda one: (one.since_us, one.rule))


def silent_from(measured: Measured, limits: Limits) -> int | None:
    """When the sensors will have been silent for too long; None where nothing is expected."""
    last = max((times[-1] for times, _ in measured.curves.values() if times), default=None)
    if last is None or limits.silent_s is None or measured.until_us is not None:
        return None
    return last + limits.silent_s * 1_000_000


def _ended(one: Episode, until_us: int) -> Episode:
    return one if one.until_us is not None else one._replace(until_us=max(until_us, one.since_us))


def _temperature(measured: Measured, limits: Limits) -> Iterator[Episode]:
    band = Band(
        limits.temperature_low_mc, limits.temperature_high_mc, limits.hysteresis_mc,
        limits.excursion_s * 1_000_000,
    )  # fmt: skip
    for one in _out(measured, "temperature_mc", band):
        detail = _detail(one, "peak_mc", one.peak)
        yield Episode("temperature_excursion", "critical", one.counts_us, one.until_us, detail)


def _humidity(measured: Measured, limits: Limits) -> Iterator[Episode]:
    lasting_us = limits.excursion_s * 1_000_000
    band = Band(None, limits.humidity_high_pm, limits.hysteresis_pm, lasting_us)
    for one in _out(measured, "humidity_pm", band):
        detail = _detail(one, "peak_pm", one.peak)
        yield Episode("humidity_excursion", "warning", one.counts_us, one.until_us, detail)


def _shock(measured: Measured, limits: Limits) -> Iterator[Episode]:
    """What has been dropped stays dropped: it stands until the shipment is handed over."""
    hits = _beyond(measured, "shock_mg", limits.shock_mg)
    if hits:
        peak_us, peak = max(hits, key=lambda hit: hit[1])
        detail: dict[str, str | int | float | None] = {
            "peak_mg": peak, "peak_at_us": peak_us, "shocks": len(hits),
        }  # fmt: skip
        yield Episode("shock", "critical", hits[0][0], None, detail)


def _opened(measured: Measured, limits: Limits) -> Iterator[Episode]:
    hits = _beyond(measured, "light_lux", limits.light_lux)
    if hits:
        detail: dict[str, str | int | float | None] = {"peak_lux": max(one[1] for one in hits)}
        yield Episode("opened", "critical", hits[0][0], None, detail)


def _tilted(measured: Measured, limits: Limits) -> Iterator[Episode]:
    band = Band(None, limits.tilt_deg, TILT_HYSTERESIS_DEG, TILTED_US)
    for one in _out(measured, "tilt_deg", band):
        detail = _detail(one, "peak_deg", one.peak)
        yield Episode("tilted", "warning", one.counts_us, one.until_us, detail)


def _silent(measured: Measured, limits: Limits, now_us: int) -> Iterator[Episode]:
    from_us = silent_from(measured, limits)
    if from_us is not None and from_us <= now_us:
        last_us = from_us - (limits.silent_s or 0) * 1_000_000
        yield Episode("sensor_silent", "warning", from_us, None, {"last_at_us": last_us})


def _off_path(measured: Measured) -> Iterator[Episode]:
    if measured.aside is None:
        return
    (times, metres), corridor_m = measured.aside
    band = Band(None, corridor_m, corridor_m // 5, OFF_PATH_US)
    for one in excursions(times, metres, band):
        detail = _detail(one, "furthest_m", one.peak)
        yield Episode(OFF_PATH, "warning", one.counts_us, one.until_us, detail)


def _out(measured: Measured, field: str, band: Band) -> list[Excursion]:
    times, values = measured.curves.get(field, ((), ()))
    return excursions(times, values, band)


def _beyond(measured: Measured, field: str, limit: int | None) -> list[tuple[int, int]]:
    times, values = measured.curves.get(field, ((), ()))
    if limit is None:
        return []
    return [pair for pair in zip(times, values, strict=True) if pair[1] >= limit]


def _detail(one: Excursion, name: str, peak: int) -> dict[str, str | int | float | None]:
    return {
        name: peak, "side": one.side, "from_us": one.from_us, "peak_at_us": one.peak_us,
        "lasted_s": one.lasted_us // 1_000_000, "gaps": len(one.gaps),
    }  # fmt: skip
