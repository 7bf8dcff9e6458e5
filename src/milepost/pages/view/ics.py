"""Arrivals as an iCalendar feed (RFC 5545)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from milepost.domain.track import Track
from milepost.pages.view.due import Due, due
from milepost.pages.view.headline import headline
from milepost.pages.view.reader import Reader, on_the_road_of
from milepost.pages.view.times import Stamp

_LINE_BYTES = 74
# A calendar must have a component, also before anything has a day.
_NOTHING_YET = (
    "BEGIN:VTIMEZONE",
    "TZID:Etc/UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def feed(tracks: Mapping[str, Track], reader: Reader, page_of: Mapping[str, str]) -> str:
    """One event for each parcel that has a day; `page_of` are the addresses of their pages."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Milepost//Milepost//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(reader.text('mine.title'))}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    head = len(lines)
    for number, track in tracks.items():
        when = due(track, reader)
        if when is not None:
            lines += _event(number, track, when, on_the_road_of(track, reader), page_of[number])
    if len(lines) == head:
        lines += _NOTHING_YET
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _event(number: str, track: Track, when: Due, reader: Reader, url: str) -> Iterable[str]:
    name = reader.text("ics.done" if when.came else "ics.summary", number=number)
    said = headline(track, reader)
    about = [reader.carrier(track.carrier), reader.status(track.status.sub), said.short]
    stamp = reader.now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(number)}@milepost",
        f"DTSTAMP:{stamp}",
        *_times(when),
        f"SUMMARY:{_text(name)}",
        f"DESCRIPTION:{_text(' · '.join(filter(None, about)).replace(chr(0xA0), ' '))}",
        f"URL:{url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _times(when: Due) -> list[str]:
    """Instants where they are known, floating clocks where the zone is not, else whole days.

    An end must be later than its beginning, so a moment has none.
    """
    first, last = when.first, when.last
    if first.clock is None or last.clock is None:
        end = last.day + timedelta(days=1)
        return [f"DTSTART;VALUE=DATE:{first.day:%Y%m%d}", f"DTEND;VALUE=DATE:{end:%Y%m%d}"]
    begins, ends = _clock(first), _clock(last)
    return [f"DTSTART:{begins}", *([f"DTEND:{ends}"] if ends > begins else [])]


def _clock(stamp: Stamp) -> str:
    value = datetime.fromisoformat(stamp.iso)
    if value.tzinfo is None:
        return value.strftime("%Y%m%dT%H%M%S")
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return _CONTROLS.sub("", text.replace("\n", "\\n"))


def _folded(line: str) -> Iterable[str]:
    """Lines of at most 75 octets, cut between characters."""
    part = b""
    for char in line:
        if len(part) + len(char.encode()) > _LINE_BYTES:
            yield part.decode()
            part = b" "
        part += char.encode()
    yield part.decode()
