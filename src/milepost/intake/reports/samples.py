"""Reported samples to those that we keep; bursts to the shocks that are in them."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from milepost.domain.telemetry import SENSOR, Sample
from milepost.engine.decode import Rejected
from milepost.intake.reports.reading import Batch, Reader
from milepost.intake.reports.shapes import BurstReport, SampleReport
from milepost.intake.reports.units import UNITS, BadReportError, checked, instant_us, scaled
from milepost.sensing.attitude import tilt_deg
from milepost.sensing.shock import G_M_S2, Burst, with_gravity

_MG = {"mg": 1.0, "g": 1000.0, "m_s2": 1000 / G_M_S2}
_NAMES = [
    (field, name, factor, offset)
    for field, names in UNITS.items()
    for name, (factor, offset) in names.items()
]


class Reported(NamedTuple):
    """One report's samples, and its burst; what shocks that shows is found when it is taken."""

    asset: str | None
    device: str | None
    samples: list[Sample]
    burst: Burst | None = None


_reader = Reader(SampleReport)


def read_samples(
    body: bytes, received_us: int, *, lines: bool = False, asset: str | None = None
) -> Batch[Reported]:
    """The samples of a body; `asset` is that of reports that name none. Raises NotABatchError."""
    return _reader.read(body, partial(reported, received_us=received_us, usual=asset), lines=lines)


def reported(report: SampleReport, received_us: int, usual: str | None = None) -> Reported:
    """Raises BadReportError."""
    asset = report.asset or (None if report.device else usual)
    if asset is None and report.device is None:
        raise BadReportError("needs an asset or a device")
    check_name(asset or report.device or "")
    at_us = instant_us(report.at, received_us)
    name = asset or SENSOR + (report.device or "")
    sample = _sample(name, at_us, report)
    if report.burst is None:
        if sample[2:] == Sample("", 0)[2:]:
            raise BadReportError("nothing was measured")
        return Reported(asset, report.device, [sample])
    return _with_burst(asset, report, sample)


def check_name(name: str) -> None:
    """Raises BadReportError for a name that cannot be stored."""
    if "\x00" in name or not name.strip():
        raise BadReportError("a name may not be empty or have a NUL in it")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise BadReportError("a name must be Unicode") from None


def _sample(name: str, at_us: int, report: SampleReport) -> Sample:
    values: dict[str, int] = {}
    for field, given, factor, offset in _NAMES:
        value: float | None = getattr(report, given)
        if value is not None:
            values[field] = checked(field, scaled(value, factor, offset))
    if (report.lat is None) != (report.lon is None):
        raise BadReportError("lat and lon belong together")
    if report.lat is not None and report.lon is not None:
        values["lat_e7"] = checked("lat_e7", scaled(report.lat, 1e7, 0))
        values["lon_e7"] = checked("lon_e7", scaled(report.lon, 1e7, 0))
    return Sample(name, at_us, valid=report.valid, **values)


def _with_burst(asset: str | None, report: SampleReport, sample: Sample) -> Reported:
    assert report.burst is not None
    burst = _burst(report.burst, sample.at_us)
    tilt = _tilt(report.burst, burst)
    if tilt is not None and sample.tilt_deg is None:
        sample = sample._replace(tilt_deg=tilt)
    plain = sample[2:] == Sample("", 0)[2:]
    return Reported(asset, report.device, [] if plain else [sample], burst)


def _burst(report: BurstReport, at_us: int) -> Burst:
    count = len(report.x)
    if not count or {len(report.y), len(report.z)} != {count}:
        raise BadReportError("burst: x, y and z need the same number of values")
    factor = _MG[report.unit]
    axes = [[value * factor for value in axis] for axis in (report.x, report.y, report.z)]
    if any(abs(value) > 10_000_000 for axis in axes for value in axis):
        raise BadReportError(f"burst: no sensor measures so many {report.unit}")
    times = [at_us + round(index * 1e6 / report.rate_hz) for index in range(count)]
    if not report.gravity:
        axes = [list(one) for one in zip(*map(with_gravity, *axes), strict=True)]
    return Burst(times, *([round(value) for value in axis] for axis in axes))


def _tilt(report: BurstReport, burst: Burst) -> int | None:
    """How it leans at the end of the burst, if it rests then."""
    if report.upright is None or not report.gravity:
        return None
    return tilt_deg((burst.x[-1], burst.y[-1], burst.z[-1]), report.upright)


__all__ = ["Rejected", "Reported", "check_name", "read_samples", "reported"]
