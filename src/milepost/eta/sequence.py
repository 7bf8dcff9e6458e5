"""What the LSTM reads of a shipment: its scans one by one, and facts of the whole road.

All numbers are scaled by fixed rules, so that nothing but the weights has to be kept. An absent
fact is 0, and says so in a number of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from math import isfinite, nan
from typing import TYPE_CHECKING, NamedTuple

from milepost.eta.distance import between_km
from milepost.eta.facts import DAY_US, Facts
from milepost.eta.features import clock_of, free_days
from milepost.eta.ports import Situation
from milepost.eta.stages import CREATED, LONGEST_TRAIL, STAGES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from milepost.eta.lstm import Sequences

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

# The kinds of scans that are told apart; all others are one kind.
KINDS = ("", CREATED, "info_received", *STAGES)
STEP_NUMBERS, FACT_NUMBERS = 6, 15
_CODES = {kind: code for code, kind in enumerate(KINDS)}
_LEAST_DAYS, _MOST = 0.02, 3.0
_DAY_MINUTES, _WEEK_DAYS, _WEEKDAY_1970 = 1_440, 7, 3
_MINUTE_US = DAY_US // _DAY_MINUTES
_LATEST_MINUTE = 250 * 365 * _DAY_MINUTES
# Where promise, distance and weight stand among the facts, and whether they are known.
_VALUES, _KNOWN = [3, 6, 8], [4, 7, 9]
_MIDDLES = (1.0, 1.5)  # of the logs of distance and weight

# Facts, situation, and days by the table.
Asked = Sequence[tuple[Facts, Situation, float]]


class Read(NamedTuple):
    """Steps of all roads in a row: `numbers` [steps, numbers] and `kinds` [steps], the creation
    first; of each road `lengths` and `facts` [roads, numbers].

    `road` and `place` say of each step to which road it belongs, and as which one.
    """

    numbers: Floats
    kinds: Codes
    lengths: Codes
    facts: Floats
    road: Codes
    place: Codes


def read(asked: Asked) -> Read:
    """What is to be read of each, made for all at once."""
    import numpy as np

    trails = [where.trail[-LONGEST_TRAIL:] for _, where, _ in asked]
    lengths = np.array([1 + len(trail) for trail in trails], dtype=np.int64)
    steps = [*chain.from_iterable(((CREATED, 0.0), *trail) for trail in trails)]
    road = np.repeat(np.arange(len(asked)), lengths)
    first = np.cumsum(lengths) - lengths
    place = np.arange(len(steps)) - first[road]
    begun = np.array([facts.created_us + facts.offset_s * 1_000_000 for facts, _, _ in asked])
    numbers = _numbers(np.array([days for _, days in steps]), begun[road], place)
    kinds = np.array([_CODES.get(main, 0) for main, _ in steps], dtype=np.int64)
    return Read(numbers, kinds, lengths, _facts(asked), road, place)


def _numbers(days: Floats, begun_us: Codes, place: Codes) -> Floats:
    """Of each step: how long since the creation and the step before, hour and weekday."""
    import numpy as np

    # Plain operations only, here and below: for a single road their number is the price.
    minute = (begun_us + (days * DAY_US).astype(np.int64)) // _MINUTE_US
    minute = np.minimum(np.maximum(minute, 0), _LATEST_MINUTE)
    found = np.empty((len(days), STEP_NUMBERS))
    found[:, 0] = days
    found[1:, 1] = days[1:] - days[:-1]
    found[place == 0, 1] = 0.0
    found[:, :2] = np.log1p(np.maximum(found[:, :2], 0)) / 2
    hour = 2 * np.pi * (minute % _DAY_MINUTES) / _DAY_MINUTES
    weekday = 2 * np.pi * ((minute // _DAY_MINUTES + _WEEKDAY_1970) % _WEEK_DAYS) / _WEEK_DAYS
    found[:, 2], found[:, 3] = np.sin(hour), np.cos(hour)
    found[:, 4], found[:, 5] = np.sin(weekday), np.cos(weekday)
    return found


def _facts(asked: Asked) -> Floats:
    """Facts of each road as of its newest scan, in the order of `_told`."""
    import numpy as np

    told = np.array([_told(*one) for one in asked]).reshape(len(asked), -1)
    normal, left = np.maximum(told[:, 0], _LEAST_DAYS), told[:, 3]
    found = np.empty((len(asked), FACT_NUMBERS))
    found[:, 0] = np.log(normal) / 2
    found[:, 1:3] = np.log1p(np.maximum(told[:, 1:3], 0))
    found[:, 1] /= 2
    known = np.empty((len(asked), 3))
    known[:, 0] = np.log(np.maximum(left, _LEAST_DAYS) / normal)
    known[:, 1:] = np.log1p(np.maximum(told[:, 4:6], 0)) / 4 - _MIDDLES
    there = known == known  # absent is NaN
    known = np.where(there, np.minimum(np.maximum(known, -_MOST), _MOST), 0.0)
    found[:, _VALUES], found[:, _KNOWN] = known, there
    found[:, 5], found[:, 10:] = left <= 0, told[:, 6:]
    return found


def _told(facts: Facts, where: Situation, normal: float) -> tuple[float, ...]:
    """As they are; what is absent is NaN."""
    at = where.trail[-1][1] if where.trail else 0.0
    here, there = facts.origin, facts.destination
    day, kilometres = clock_of(facts, at).day, between_km(here, there)
    promised_us, weight_g = facts.promised_us, facts.weight_g
    abroad = here.country is not None and there.country is not None
    return (
        normal, at, where.scanned,
        nan if promised_us is None else (promised_us - facts.created_us) / DAY_US - at,
        nan if kilometres is None else kilometres,
        nan if weight_g is None else weight_g,
        free_days(there.country, day, 3) / 3, free_days(there.country, day, 10) / 10,
        abroad and here.country != there.country,
        _degrees(there.lat), _degrees(there.lng),
    )  # fmt: skip


def _degrees(value: float | None) -> float:
    return value / 60 if value is not None and isfinite(value) else 0.0


def sequences(asked: Asked) -> Sequences:
    """Facts, situation and the table's days of each, as the LSTM reads them while it learns: the
    steps that are there stand at the end.
    """
    import numpy as np

    from milepost.eta.lstm import Sequences

    found = read(asked)
    longest = int(found.lengths.max(initial=1))
    at = found.road, found.place + (longest - found.lengths)[found.road]
    steps = np.zeros((len(asked), longest, STEP_NUMBERS))
    kinds = np.zeros((len(asked), longest), dtype=np.int64)
    there = np.zeros((len(asked), longest), dtype=bool)
    steps[at], kinds[at], there[at] = found.numbers, found.kinds, True
    return Sequences(steps, kinds, there, found.facts)
