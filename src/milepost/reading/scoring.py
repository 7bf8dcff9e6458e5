"""How right readings are against labelled rows.

A row is a dict with `text`, `main`, `sub` and, where set, `carrier`, `lang_detail`, `main_any`,
`sub_any`, `place`, `place_city`, `next_place`, `non_event`, `opaque`. Each `*_any` lists labels
that are equally right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from . import Reading, read

Row = Mapping[str, Any]


class Score(Struct):
    """Counts of one group of rows; every share below is of what could be scored."""

    n: int = 0
    strict: int = 0
    lenient: int = 0
    sub_scored: int = 0
    sub_right: int = 0
    place_scored: int = 0
    place_right: int = 0
    next_scored: int = 0
    next_right: int = 0
    false_delivered: int = 0
    non_events: int = 0
    non_events_read: int = 0
    opaque: int = 0

    def shares(self) -> dict[str, float | int | None]:
        """The table row: counts as they are, the rest as a share, None where nothing was scored."""
        return {
            "n": self.n,
            "strict_main": _share(self.strict, self.n),
            "lenient_main": _share(self.lenient, self.n),
            "sub": _share(self.sub_right, self.sub_scored),
            "place": _share(self.place_right, self.place_scored),
            "next_place": _share(self.next_right, self.next_scored),
            "false_delivered": self.false_delivered,
            "non_events": self.non_events,
            "non_events_read": self.non_events_read,
            "opaque": self.opaque,
        }


class Wrong(Struct, frozen=True):
    """A row read otherwise than labelled: `what` is main, sub, place or next_place."""

    what: str
    text: str
    expected: str
    got: str
    rule: str | None


class Report(Struct):
    """Scores over all rows, by language and by carrier, with every row that went wrong."""

    overall: Score
    by_language: dict[str, Score]
    by_carrier: dict[str, Score]
    wrong: list[Wrong]


def score(rows: Iterable[Row]) -> Report:
    """Read every row and count. Carrier and state code are given to the reader as in service."""
    languages: dict[str, Score] = defaultdict(Score)
    carriers: dict[str, Score] = defaultdict(Score)
    report = Report(Score(), languages, carriers, [])
    for row in rows:
        reading = read(row["text"], carrier=row.get("carrier"), code=row.get("state_code"))
        faults = _faults(row, reading)
        report.wrong.extend(faults)
        missed = {fault.what for fault in faults}
        language = row.get("lang_detail") or row.get("lang") or "?"
        for counts in (report.overall, languages[language], carriers[row.get("carrier") or "?"]):
            _count(counts, row, reading, missed)
    return report


def _mains(row: Row) -> list[str]:
    return row.get("main_any") or [row["main"]]


def _sub_scored(row: Row, reading: Reading) -> bool:
    return row["sub"] is not None and reading.main not in ("unknown", "pending")


def _count(counts: Score, row: Row, reading: Reading, missed: set[str]) -> None:
    counts.n += 1
    counts.strict += reading.main == row["main"]
    counts.lenient += "main" not in missed
    counts.false_delivered += reading.main == "delivered" and "delivered" not in _mains(row)
    counts.opaque += bool(row.get("opaque"))
    counts.non_events += bool(row.get("non_event"))
    counts.non_events_read += bool(row.get("non_event")) and reading.main != "unknown"
    if _sub_scored(row, reading):
        counts.sub_scored += 1
        counts.sub_right += "sub" not in missed
    if row.get("place"):
        counts.place_scored += 1
        counts.place_right += "place" not in missed
    if row.get("next_place"):
        counts.next_scored += 1
        counts.next_right += "next_place" not in missed


def _faults(row: Row, reading: Reading) -> list[Wrong]:
    subs = row.get("sub_any") or [row["sub"]]
    faults = []
    if reading.main not in _mains(row):
        faults.append(_wrong("main", row, "/".join(_mains(row)), reading.main, reading))
    if _sub_scored(row, reading) and reading.sub not in subs:
        faults.append(_wrong("sub", row, "/".join(map(str, subs)), str(reading.sub), reading))
    for what, got in (("place", reading.place), ("next_place", reading.next_place)):
        if row.get(what) and not _contains(row[what], got):
            faults.append(_wrong(what, row, row[what], str(got), reading))
    return faults


def _wrong(what: str, row: Row, expected: str, got: str, reading: Reading) -> Wrong:
    return Wrong(what, row["text"], expected, got, reading.rule)


def _contains(expected: str, got: str | None) -> bool:
    return got is not None and (expected in got or got in expected)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
