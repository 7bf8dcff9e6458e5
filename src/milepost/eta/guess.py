"""The window of a lane without any history: distance, mode and the calendars of both ends."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from math import log

from milepost.eta.calendars import after_working_days
from milepost.eta.distance import between_km
from milepost.eta.facts import DAY_US, Facts
from milepost.eta.ports import Forecast, Situation

_TABLE = tomllib.loads((files("milepost.eta") / "modes.toml").read_text("utf-8"))
_MODES, _UNKNOWN = _TABLE["mode"], _TABLE["unknown"]
_BY_ROAD_KM = 1_500
_Z90 = 1.2816
_EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
_LATEST_US = 250 * 365 * DAY_US


class ColdGuess:
    """Needs no history and always answers."""

    name = "guess"

    def forecast(self, facts: Facts, situation: Situation) -> Forecast:
        """Days from the last known scan, log-normal about distance and calendars."""
        km, told = _kilometres(facts)
        mode = facts.mode if facts.mode in _MODES else _usual_mode(facts, km)
        middle = max(self._arrival_days(facts, mode, km) - situation.since_created, 0.25)
        spread = float(_MODES[mode]["spread"] if told else _UNKNOWN["spread"])
        sigma = log(spread) / _Z90
        why = f"by distance, {mode} and working days; no history on this lane yet"
        return Forecast.lognormal(middle, sigma, situation.silent, guess=True, reason=why)

    def _arrival_days(self, facts: Facts, mode: str, km: float) -> float:
        created = _moment(facts)
        late_in_day = created.hour >= _TABLE["cut_off_hour"]
        handling = int(_TABLE["handling_working_days"]) + late_in_day
        leaves = after_working_days(facts.origin.country, created.date(), handling)
        arrives = leaves + timedelta(days=_travel_days(facts, mode, km))
        last_mile = int(_TABLE["last_mile_working_days"])
        ends = after_working_days(facts.destination.country, arrives, last_mile)
        # Most doors open in the afternoon.
        return (ends - created.date()).days + (15 - created.hour) / 24


def _travel_days(facts: Facts, mode: str, km: float) -> int:
    speed = _MODES[mode]
    days: float = km * _TABLE["road_factor"] / speed["km_per_day"] + speed["days_fixed"]
    return round(days + (_TABLE["customs_days"] if _abroad(facts) else 0.0))


def _kilometres(facts: Facts) -> tuple[float, bool]:
    """The distance, and whether it was known."""
    km = between_km(facts.origin, facts.destination)
    if km is not None:
        return km, True
    if facts.origin.country is None or facts.destination.country is None:
        return _UNKNOWN["nowhere_km"], False
    return _UNKNOWN["abroad_km" if _abroad(facts) else "domestic_km"], False


def _abroad(facts: Facts) -> bool:
    ends = facts.origin.country, facts.destination.country
    return None not in ends and ends[0] != ends[1]


def _usual_mode(facts: Facts, km: float) -> str:
    return "air" if _abroad(facts) and km > _BY_ROAD_KM else "road"


def _moment(facts: Facts) -> datetime:
    """Local time of creation; an impossible one counts as the earliest."""
    local_us = facts.created_us + facts.offset_s * 1_000_000
    if not 0 < local_us < _LATEST_US:
        return _EARLIEST
    return datetime.fromtimestamp(local_us / 1_000_000, UTC)
