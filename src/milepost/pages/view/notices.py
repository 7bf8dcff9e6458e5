"""What is wrong and what to do now."""

from __future__ import annotations

import tomllib
from datetime import datetime, timezone
from importlib.resources import files

from msgspec import Struct

from milepost.domain.status import STATUSES
from milepost.domain.track import AlertView, Track
from milepost.locale import dates, has
from milepost.pages.view.odds import breaks
from milepost.pages.view.reader import Reader
from milepost.pages.view.times import parse, show

_TABLES = tomllib.loads((files(__package__) / "advice.toml").read_text("utf-8"))
ADVICE: dict[str, list[str]] = _TABLES["status"]
ACTS: dict[str, str] = _TABLES["acts"]
COVERS: dict[str, list[str]] = _TABLES["covers"]
INTERNAL: list[str] = _TABLES["internal"]
_GRAVE = ("info", "warning", "critical")
_SILENT_DAYS = 4
_NOT_YET_ON_THE_ROAD = ("unknown", "pending", "info_received")


class Notice(Struct, frozen=True):
    """`severity` is info, warning or critical; `do` is what the reader can do now; `act` names the
    form of the care page that does it.
    """

    severity: str
    what: str
    do: str
    since: str | None = None
    act: str | None = None


def notices(track: Track, reader: Reader) -> list[Notice]:
    """The gravest first; empty where all is well."""
    alerts = [row for row in track.alerts if row.cleared_at is None and row.rule not in INTERNAL]
    found = [*_of_status(track, reader), *_of_alerts(alerts, track, reader)]
    found = found or _of_silence(track, reader) or _of_unnamed(alerts, track, reader)
    return sorted(found, key=lambda notice: -_GRAVE.index(notice.severity))


def _of_status(track: Track, reader: Reader) -> list[Notice]:
    row = ADVICE.get(track.status.sub) or ADVICE.get(track.status.main)
    if row is None:
        return []
    name, severity = row
    what, do = (reader.text(f"advice.{name}.{part}") for part in ("what", "do"))
    act = ACTS.get(track.status.sub) or ACTS.get(track.status.main)
    return [Notice(severity, what, do, act=act)]


def _of_alerts(alerts: list[AlertView], track: Track, reader: Reader) -> list[Notice]:
    told = {track.status.sub, track.status.main, *(alert.rule for alert in alerts)}
    if breaks(track.arrival) and track.promise is not None:
        told.add("said_above")
    return [
        _of_alert(alert, alert.rule, track, reader)
        for alert in alerts
        if has(f"rule.{alert.rule}.what", reader.locale)
        and told.isdisjoint(COVERS.get(alert.rule, ()))
    ]


def _of_unnamed(alerts: list[AlertView], track: Track, reader: Reader) -> list[Notice]:
    """A rule without words for buyers is mentioned only where nothing else is, and if grave."""
    grave = [alert for alert in alerts if alert.severity != "info" and alert.rule not in COVERS]
    return [_of_alert(alert, "fallback", track, reader) for alert in grave[:1]]


def _of_alert(alert: AlertView, name: str, track: Track, reader: Reader) -> Notice:
    severity = alert.severity if alert.severity in _GRAVE else "warning"
    since = reader.text("arrival.since", when=_opened(alert, track, reader))
    what, do = (reader.text(f"rule.{name}.{part}") for part in ("what", "do"))
    return Notice(severity, what, do, since, ACTS.get(alert.rule))


def _opened(alert: AlertView, track: Track, reader: Reader) -> str:
    """What we found has no clock of its own: it is told by that of the newest scan."""
    offsets = (parse(event.occurred_at).offset for event in reversed(track.events))
    offset = next((one for one in offsets if one is not None), None)
    at = datetime.fromisoformat(alert.opened_at)
    if offset is not None and at.tzinfo is not None:
        at = at.astimezone(timezone(offset))
    return show(parse(at.isoformat()), reader).full


def _of_silence(track: Track, reader: Reader) -> list[Notice]:
    status = STATUSES.get(track.status.sub)
    quiet = status is None or status.final or status.main in _NOT_YET_ON_THE_ROAD
    if quiet or not track.events:
        return []
    stamp = parse(track.events[-1].occurred_at, track.events[-1].time_quality)
    if stamp.since(reader.now).days < _SILENT_DAYS:
        return []
    day = dates.weekday_short(stamp.day, reader.locale, stamp.today(reader.now))
    what = reader.text("advice.seen_long_ago.what", day=day)
    return [Notice("info", what, reader.text("advice.seen_long_ago.do"))]
