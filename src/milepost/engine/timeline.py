"""Events as a reader sees them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from milepost.domain.event import Event
from milepost.domain.moment import TimeQuality, to_text
from milepost.domain.place import Place, as_place
from milepost.domain.scan import id_text
from milepost.domain.settle import MAIN
from milepost.domain.status import BY_CODE, UNKNOWN
from milepost.domain.track import EventView, Telling
from milepost.reading import mask, read

_QUALITIES = [quality.name for quality in TimeQuality]
_SUBS = [BY_CODE[code].sub if code in BY_CODE else UNKNOWN.sub for code in range(256)]
_MAINS = [MAIN[code] or UNKNOWN.main for code in range(256)]
_DATE_ONLY = int(TimeQuality.date_only)

# Sources repeat their sentences: most of a road's were read a moment ago for another.
_REMEMBERED = 16_384


def view(
    event: Event, taken_back: dict[int, int], *, private: bool, others: Sequence[Event] = ()
) -> EventView:
    """One line of the history. `private` gives the text verbatim, else personal data is masked.
    `others` tell of the same scan.
    """
    body = event.body
    by = taken_back.get(event.fingerprint) if taken_back else None
    place, next_place = as_place(body.place), as_place(body.next_place)
    if body.text and (place is None or next_place is None):
        said, said_next = _places_in(body.text, body.carrier)
        place, next_place = place or said, next_place or said_next
    return EventView(
        id=id_text(event.fingerprint),
        occurred_at=time_text(event),
        time_quality=_QUALITIES[event.quality],
        main=_MAINS[event.code],
        sub=_SUBS[event.code],
        text=_text(event, private=private),
        place=place,
        next_place=next_place,
        carrier=body.carrier,
        source=body.source,
        number=body.number,
        code=body.code,
        received_at=to_text(event.received_us, 0),
        retracted_by=id_text(by) if by is not None else None,
        actor=body.actor if private else None,
        device=body.device if private else None,
        evidence=body.evidence if private else None,
        measurements=body.measurements if private else None,
        also=[_telling(one, private=private) for one in others],
    )


def _telling(event: Event, *, private: bool) -> Telling:
    return Telling(
        id=id_text(event.fingerprint),
        source=event.body.source,
        text=_text(event, private=private),
        received_at=to_text(event.received_us, 0),
    )


def _text(event: Event, *, private: bool) -> str | None:
    text = event.body.text
    return text if private or text is None else _masked(text)


def time_text(event: Event) -> str:
    """When it happened, in the source's offset; a day only where that is all it said."""
    text = to_text(event.at_us, event.offset_min)
    return text[:10] if event.quality == _DATE_ONLY else text


@lru_cache(maxsize=_REMEMBERED)
def _places_in(text: str, carrier: str | None) -> tuple[Place | None, Place | None]:
    """Where a text says the parcel is, and where it goes next."""
    reading = read(text, carrier=carrier)
    return as_place(reading.place_city or reading.place), as_place(reading.next_place)


@lru_cache(maxsize=_REMEMBERED)
def _masked(text: str) -> str:
    return mask(text)
