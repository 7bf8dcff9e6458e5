"""The boxes of a shipment: one card each, those first that somebody still waits for."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from milepost.domain.status import STATUSES
from milepost.domain.track import Parcel, Track
from milepost.pages.view.reader import Reader
from milepost.pages.view.times import day_text
from milepost.pages.view.tone import tone_of

# As many cards are read at a glance; of more than that the first ones are shown.
_AT_A_GLANCE, _SHOWN = 6, 4


class ParcelView(Struct, frozen=True):
    """One box: which of how many, its numbers, its own status."""

    label: str
    numbers: list[str]
    status: str
    tone: str
    since: str | None


class ParcelsView(Struct, frozen=True):
    """The cards, and those behind a fold; of many, how many have which status."""

    cards: list[ParcelView]
    folded: list[ParcelView]
    tally: list[tuple[str, int]]

    def __len__(self) -> int:
        return len(self.cards) + len(self.folded)


def parcels(track: Track, reader: Reader) -> ParcelsView | None:
    """None where there is only one box."""
    if len(track.parcels) < 2:
        return None
    if len(track.parcels) <= _AT_A_GLANCE:
        return ParcelsView(_cards(track.parcels, reader), [], [])
    cards = _cards(sorted(track.parcels, key=_is_over), reader)
    tally = Counter(card.status for card in cards).most_common()
    return ParcelsView(cards[:_SHOWN], cards[_SHOWN:], tally)


def _is_over(parcel: Parcel) -> bool:
    status = STATUSES.get(parcel.status.sub)
    return status is not None and status.final


def _cards(found: list[Parcel], reader: Reader) -> list[ParcelView]:
    total = max(parcel.index for parcel in found)
    return [
        ParcelView(
            label=reader.text("buyer.parcel_of", index=parcel.index, total=total),
            numbers=parcel.numbers,
            status=reader.status(parcel.status.sub),
            tone=tone_of(parcel.status.sub),
            since=day_text(parcel.status.since, reader),
        )
        for parcel in found
    ]
