"""OwnTracks over HTTP: one JSON object a message.

Source: OwnTracks booklet, "JSON". Speed is in kilometres an hour.
"""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.intake.devices.protocol import NAMED, FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import unix
from milepost.intake.devices.wire.framing import whole

_NUMBERS = {"acc": "accuracy_m", "batt": "battery_percent", "odometer": "odometer_m",
            "vac": "vertical_accuracy_m"}  # fmt: skip
_POSITIONS = {"location", "transition"}
_DONE, _UNKNOWN = b"[]", b"unknown device"


def decode(frame: bytes, session: Session) -> Outcome:
    """A message or a list of them; raises FrameError where it is none."""
    try:
        found = msgspec.json.decode(frame)
    except msgspec.DecodeError as error:
        raise FrameError(f"no JSON: {error}") from error
    outcome = Outcome(kind="json", replies=[_DONE], refusal=_UNKNOWN)
    for item in found if isinstance(found, list) else [found]:
        try:
            _item(item, outcome, session)
        except (FrameError, ValueError, TypeError) as error:
            outcome.wrong(str(error))
    return outcome


def _item(item: Any, outcome: Outcome, session: Session) -> None:
    if not isinstance(item, dict):
        raise FrameError("an object was expected")
    name = _name(item, session.notes.get(NAMED))
    if name is not None:
        outcome.identity = Identity(name)
    outcome.kind = str(item.get("_type", "location"))
    if outcome.kind in _POSITIONS and "lat" in item and "lon" in item:
        outcome.reports.append(_position(item))


def _name(item: dict[str, Any], named: str | None) -> str | None:
    """The device of its topic `owntracks/USER/DEVICE`, of the request, or its two letters."""
    topic = item.get("topic")
    if isinstance(topic, str) and topic.count("/") >= 2:
        return topic.split("/")[2]
    if named:
        return named
    tid = item.get("tid")
    return tid if isinstance(tid, str) and tid else None


def _position(item: dict[str, Any]) -> Report:
    report = Report(lat=float(item["lat"]), lon=float(item["lon"]))
    if not isinstance(item.get("tst"), int | float):
        raise FrameError("a position without a time: tst is missing")
    report.at = unix(item["tst"])
    if isinstance(item.get("vel"), int | float):
        report.kmh(item["vel"])
    if isinstance(item.get("cog"), int | float):
        report.course(item["cog"])
    if isinstance(item.get("alt"), int | float):
        report.altitude_m = round(item["alt"])
    for key, name in _NUMBERS.items():
        if isinstance(item.get(key), int | float):
            report.attributes[name] = item[key]
    if isinstance(item.get("event"), str):
        report.attributes["event"] = item["event"]
    if isinstance(item.get("temp"), int | float):
        report.celsius(item["temp"])
    return report


PROTOCOL = Protocol(
    name="owntracks", title="OwnTracks", cut=whole, decode=decode, encoding="text", http=True,
    max_frame_bytes=65_536,
)  # fmt: skip
