"""Sensor reports as samples of an asset, in our units."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from milepost.domain.telemetry import Sample
from milepost.epcis import vocabulary
from milepost.epcis.containers import asset_of
from milepost.epcis.model import Event
from milepost.epcis.times import parsed
from milepost.epcis.units import UNITS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LIMITS = {"lat_e7": 900_000_000, "lon_e7": 1_800_000_000}
_LARGEST = 2**31 - 1


_COMPONENTS = frozenset(component for _, component in UNITS if component)


def samples_of(event: Event) -> list[Sample]:
    """The samples of an event, one for each instant. They belong to what the event is about (for
    an aggregation, the container); without any, to the device.
    """
    found: dict[tuple[str, int], dict[str, int]] = {}
    for element in event.sensors:
        for asset, at_us, field, value in _values(event, element):
            found.setdefault((asset, at_us), {})[field] = value
    return [_sample(*key, fields) for key, fields in sorted(found.items())]


def _sample(asset: str, at_us: int, fields: dict[str, Any]) -> Sample:
    return Sample(asset, at_us, **fields)


def _values(event: Event, element: Mapping[str, Any]) -> Iterator[tuple[str, int, str, int]]:
    metadata = element.get("sensorMetadata", {})
    for report in element.get("sensorReport", ()):
        at_us = _instant(event, metadata, report)
        reading = value_of(report, event.prefixes)
        if reading is None:
            continue
        for asset in _assets(event, metadata, report):
            yield asset, at_us, *reading


def _assets(event: Event, metadata: Mapping[str, Any], report: Mapping[str, Any]) -> list[str]:
    parent = getattr(event, "parent", None)
    about = [parent] if parent else list(event.things)
    if not about:
        device = report.get("deviceID") or metadata.get("deviceID")
        return [asset_of(device, sensor=True)] if device else []
    return [asset_of(one) for one in about]


def _instant(event: Event, metadata: Mapping[str, Any], report: Mapping[str, Any]) -> int:
    told = report.get("time") or metadata.get("time") or metadata.get("endTime")
    at = parsed(told)[0] if told else event.at
    return (at - _EPOCH) // _MICROSECOND


def value_of(report: Mapping[str, Any], prefixes: Mapping[str, str]) -> tuple[str, int] | None:
    """The field of a sample and its integer; None for what we do not keep, or cannot convert."""
    kind = vocabulary.measurement(str(report.get("type", "")), prefixes)
    told = report.get("component")
    component = None if told is None else vocabulary.bare("component", str(told), prefixes)
    unit = UNITS.get((kind or "", component if component in _COMPONENTS else None))
    value = report.get("value", report.get("meanValue"))
    scale = None if unit is None else unit.codes.get(str(report.get("uom")))
    if unit is None or scale is None or isinstance(value, bool) or value is None:
        return None
    if component is not None and unit.component is None:
        return None  # one axis of several says nothing alone
    exact = value * scale[0] + scale[1]
    limit = _LIMITS.get(unit.field, _LARGEST)
    if not math.isfinite(exact) or abs(exact) > limit:
        return None
    return unit.field, round(exact)
