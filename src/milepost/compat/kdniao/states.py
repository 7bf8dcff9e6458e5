"""A road in Kdniao's words: StateEx, Action, and the plain State with its sticky 4."""

from __future__ import annotations

import tomllib
from datetime import datetime
from importlib.resources import files

import msgspec
from msgspec import Struct

from milepost.compat.core import load_statuses
from milepost.compat.kdniao.clock import instant
from milepost.domain.track import EventView, Track

TABLE = load_statuses("milepost.compat.kdniao")
NOTHING, SIGNED, PROBLEM = "0", "3", "4"


class Timeout(Struct, frozen=True, forbid_unknown_fields=True):
    """A state that time alone brings about."""

    code: str
    mains: tuple[str, ...]
    hours: int


def _timeouts() -> list[Timeout]:
    text = (files(__package__) / "timeouts.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["timeout"], list[Timeout])


TIMEOUTS = _timeouts()


def visible(track: Track) -> list[EventView]:
    """The events that Kdniao would show, oldest first: what carriers said and did not take back."""
    return [
        one
        for one in track.events
        if one.retracted_by is None and (one.source != "merchant" or one.text)
    ]


def action(event: EventView) -> str:
    """An event's Action."""
    return TABLE.code(event.sub)


def state_ex(track: Track, events: list[EventView], now: datetime) -> str:
    """The waybill's StateEx: its status, or what has become of it since by silence."""
    if not events:
        return NOTHING
    return timed_out(track, now) or TABLE.code(track.status.sub)


def timed_out(track: Track, now: datetime) -> str | None:
    """The StateEx that silence has brought about, None for none."""
    events = visible(track)
    if not events:
        return None
    age_s = (now - instant(events[-1].occurred_at)).total_seconds()
    due = (one for one in TIMEOUTS if track.status.main in one.mains)
    return next((one.code for one in due if age_s > one.hours * 3600), None)


def state(code: str, events: list[EventView]) -> str:
    """The plain State: once there was a problem it stays 4 until the parcel is signed for."""
    plain = group(code)
    if plain == SIGNED or not events:
        return plain
    return PROBLEM if any(group(action(one)) == PROBLEM for one in events) else plain


def group(code: str) -> str:
    """The plain State that a StateEx belongs to: its first digit (10 belongs to 1)."""
    return code[0]
