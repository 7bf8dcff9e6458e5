"""OsmAnd and the Traccar clients over HTTP: a query string, or JSON.

Source: OsmAnd "online tracking"; the background geolocation JSON of newer clients. Those of Traccar
give `speed` in knots in the query and in metres a second in JSON; whoever means another unit
names it (`speed_m_s`, `speed_kmh`), as OsmAnd has to, which fills in metres a second.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import KMH_MM_S, KNOTS_MM_S, Report
from milepost.intake.devices.wire.clocks import unix
from milepost.intake.devices.wire.framing import whole
from milepost.intake.devices.wire.text import number

_NAMES = ("id", "deviceid", "device_id")
_FIGURES = {"accuracy": "accuracy_m", "hdop": "hdop", "batt": "battery_percent",
            "battery": "battery_percent", "odometer": "odometer_m"}  # fmt: skip
_SPEEDS = {"speed_m_s": 1000, "speed_kmh": KMH_MM_S, "speed": KNOTS_MM_S}
_DONE, _UNKNOWN = b"ok", b"unknown device"


def decode(frame: bytes, session: Session) -> Outcome:
    """A request line, a URL, a query or a JSON body; raises FrameError where it is none of them."""
    text = frame.decode("utf-8", "replace").strip()
    outcome = _json(text, session) if text[:1] in {"{", "["} else _query(text, session)
    outcome.replies.append(_DONE)
    outcome.refusal = _UNKNOWN
    return outcome


def _query(text: str, session: Session) -> Outcome:
    verb, _, rest = text.partition(" ")
    url = rest.split(" ")[0] if verb in {"GET", "POST"} else text
    query = urlsplit(url).query or url.lstrip("/?")
    given = dict(parse_qsl(query, keep_blank_values=True))
    name = next((given[key] for key in _NAMES if given.get(key)), None)
    if name is None:
        raise FrameError("no device is named: id or deviceid is missing")
    return Outcome(kind="query", identity=Identity(name), reports=[_position(given, session)])


def _position(given: dict[str, str], session: Session) -> Report:
    report = Report(at=session.received, valid=given.get("valid", "1").lower() in {"1", "true"})
    if moment := given.get("timestamp"):
        report.at = time_of(moment)
    if "location" in given and "lat" not in given:
        lat, _, lon = given["location"].partition(",")
    else:
        lat, lon = given.get("lat", ""), given.get("lon", "")
    if lat and lon:
        report.lat, report.lon = float(lat), float(lon)
    _speed(report, given)
    course = number(given.get("bearing", given.get("heading", "")))
    report.course(-1 if course is None else course)
    if (altitude := number(given.get("altitude", ""))) is not None:
        report.altitude_m = round(altitude)
    _figures(report, given)
    return report


def _speed(report: Report, given: dict[str, str]) -> None:
    """Nothing where it is not told: a truck that does not say its speed does not stand still."""
    for key, mm_s in _SPEEDS.items():
        value = number(given.get(key, ""))
        if value is not None and value >= 0:
            report.speed_mm_s = round(value * mm_s)
            return


def _figures(report: Report, given: dict[str, str]) -> None:
    for key, name in _FIGURES.items():
        if (value := number(given.get(key, ""))) is not None:
            report.attributes[name] = value
    for key in ("charge", "ignition", "motion"):
        if key in given:
            report.attributes[key] = given[key].lower() in {"1", "true"}
    for key in ("driverUniqueId", "alarm", "event"):
        if given.get(key):
            report.attributes[key.replace("driverUniqueId", "driver")] = given[key]


def time_of(text: str) -> datetime:
    """Seconds or milliseconds since 1970, ISO 8601, or a date and time of UTC."""
    value = number(text)
    if value is not None:
        return unix(value / 1000 if value > 1e11 else value)
    # A plus that was not escaped in a query is a blank there.
    found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _json(text: str, session: Session) -> Outcome:
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise FrameError(f"no JSON: {error}") from error
    items = found if isinstance(found, list) else [found]
    outcome = Outcome(kind="json")
    for item in items:
        _item(item, outcome, session)
    if outcome.identity is None:
        raise FrameError("no device is named: device_id is missing")
    return outcome


def _item(item: Any, outcome: Outcome, session: Session) -> None:
    if not isinstance(item, dict):
        raise FrameError("an object was expected")
    name = next((item[key] for key in _NAMES if item.get(key)), None)
    if name is not None:
        outcome.identity = Identity(str(name))
    places = item.get("location") or item.get("locations")
    for place in places if isinstance(places, list) else [places]:
        if isinstance(place, dict):
            try:
                outcome.reports.append(_place(place, session))
            except (ValueError, TypeError) as error:
                outcome.wrong(str(error))


def _place(place: dict[str, Any], session: Session) -> Report:
    at = place.get("timestamp")
    report = Report(at=session.received if at is None else time_of(str(at)))
    coords = place.get("coords") or {}
    if "latitude" in coords and "longitude" in coords:
        report.lat, report.lon = float(coords["latitude"]), float(coords["longitude"])
    speed, course, altitude = (coords.get(key) for key in ("speed", "heading", "altitude"))
    if isinstance(speed, int | float) and speed >= 0:
        report.speed_mm_s = round(speed * 1000)
    report.course(course if isinstance(course, int | float) else -1)
    if isinstance(altitude, int | float):
        report.altitude_m = round(altitude)
    if isinstance(coords.get("accuracy"), int | float):
        report.attributes["accuracy_m"] = coords["accuracy"]
    if isinstance(place.get("odometer"), int | float):
        report.attributes["odometer_m"] = place["odometer"]
    battery = place.get("battery") or {}
    if isinstance(battery.get("level"), int | float) and battery["level"] >= 0:
        report.attributes["battery_percent"] = round(battery["level"] * 100)
    if isinstance(place.get("is_moving"), bool):
        report.attributes["moving"] = place["is_moving"]
    return report


PROTOCOL = Protocol(
    name="osmand", title="OsmAnd", cut=whole, decode=decode, encoding="text", http=True,
    max_frame_bytes=65_536,
)  # fmt: skip
