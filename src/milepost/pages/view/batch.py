"""The result of many numbers at once: what needs the reader comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from milepost.domain.status import STATUSES
from milepost.domain.track import Track
from milepost.pages.view.buyer import last_seen
from milepost.pages.view.headline import headline
from milepost.pages.view.reader import Reader, on_the_road_of
from milepost.pages.view.tone import tone_of

GROUPS = ("attention", "arriving", "on_the_way", "done", "missing")
NEEDS_YOU = ("warning", "critical")


class Row(Struct, frozen=True, kw_only=True):
    """One number of the batch."""

    number: str
    status: str
    tone: str
    carrier: str | None = None
    when: str | None = None
    last_seen: str | None = None
    synthetic: bool = False


class Group(Struct, frozen=True):
    """Rows that belong together, in the order of the input."""

    name: str
    label: str
    rows: list[Row]


def batch(numbers: Sequence[str], tracks: Mapping[str, Track], reader: Reader) -> list[Group]:
    """The groups that have rows."""
    sorted_rows: dict[str, list[Row]] = {name: [] for name in GROUPS}
    for number in numbers:
        track = tracks.get(number)
        sorted_rows[group_of(track)].append(row_of(number, track, reader))
    label = {name: reader.text(f"lookup.group_{name}") for name in GROUPS}
    return [Group(name, label[name], rows) for name, rows in sorted_rows.items() if rows]


def group_of(track: Track | None) -> str:
    """The group of a track; `missing` where there is none."""
    if track is None:
        return "missing"
    status = STATUSES.get(track.status.sub)
    if track.status.main in ("delivered", "returned"):
        return "done"
    if track.status.main == "available_for_pickup" or tone_of(track.status.sub) in NEEDS_YOU:
        return "attention"
    return "arriving" if status is not None and status.step == 3 else "on_the_way"


def row_of(number: str, track: Track | None, reader: Reader) -> Row:
    """One line for a number, with or without a record."""
    if track is None:
        return Row(number=number, status=reader.text("missing.short"), tone="wait")
    reader = on_the_road_of(track, reader)
    return Row(
        number=number,
        status=reader.status(track.status.sub),
        tone=tone_of(track.status.sub),
        carrier=reader.carrier(track.carrier),
        when=headline(track, reader).short,
        last_seen=last_seen(track, reader),
        synthetic=track.synthetic,
    )
