"""The whole road of one shipment as a reader sees it: the answer of `GET /v1/track/{number}`.

Times are RFC 3339 text in the offset that the source gave; a time whose zone is not known has no
offset at all. `because` and `event` name events by their id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field

from milepost.domain.place import Place


class StatusView(Struct, frozen=True, kw_only=True, gc=False):
    """Where things stand, since when, and the events that say so."""

    main: str
    sub: str
    since: str | None
    because: list[str]


class Milestone(Struct, frozen=True, kw_only=True, gc=False):
    """The first time that a main status was reached."""

    main: str
    at: str
    event: str


class Revision(Struct, frozen=True, kw_only=True, gc=False):
    """What moved a predicted window: `because` is the main status of the scan that did, or
    `silence`; `at` is that scan's time, or that of the last before the silence. `likely`: the
    median before.
    """

    because: str
    at: str
    likely: str


class Arrival(Struct, frozen=True, kw_only=True, gc=False):
    """The window in which the parcel comes. `probability` is None where nobody stated odds.
    `likely` is its median, `late_odds` that of breaking the promise; `guess`: no history yet.
    Of a shipment of several `boxes` on the road it is that of the last; `unseen` of them have not
    been scanned yet.

    `source` is `carrier_promise`, `merchant_promise` or a predictor's name. `date_only` says that
    the window has no time of day. `zone` is the destination's time zone where it is known.
    """

    earliest: str | None
    latest: str
    probability: float | None
    source: str
    date_only: bool
    zone: str | None
    stated_at: str | None
    likely: str | None = None
    late_odds: float | None = None
    guess: bool = False
    reason: str | None = None
    boxes: int = 1
    unseen: int = 0
    revised: Revision | None = None


class Forecast(Struct, frozen=True, kw_only=True, gc=False):
    """A window as it was said at `at`. `because`: the main status of a scan, `silence` (since the
    scan at `since`), a `notice` that holds it up, or `created`, with the `event` that it names.
    `moved_s`: by so much `likely` is later (negative: sooner) than in the forecast before, None of
    the first. The others as in `Arrival`, in the destination's `zone` where it is known.
    """

    at: str
    because: str
    event: str | None
    since: str | None
    earliest: str
    likely: str
    latest: str
    moved_s: int | None
    probability: float
    late_odds: float | None
    source: str
    guess: bool
    reason: str
    zone: str | None


class Telling(Struct, frozen=True, kw_only=True, gc=False):
    """Another source that tells of the same scan: its event, and its words as masked as others."""

    id: str
    source: str
    text: str | None
    received_at: str


class EventView(Struct, frozen=True, kw_only=True, gc=False):
    """One scan event. `text` is the carrier's own words with personal data masked. `also` are other
    sources that tell of the same scan.

    Who scanned it, with what, and the evidence are only told to the tenant: None elsewhere.
    """

    id: str
    occurred_at: str
    time_quality: str
    main: str
    sub: str
    text: str | None
    place: Place | None
    next_place: Place | None
    carrier: str | None
    source: str
    number: str
    code: str | None
    received_at: str
    retracted_by: str | None = None
    actor: str | None = None
    device: str | None = None
    evidence: list[str] | None = None
    measurements: dict[str, Any] | None = None
    also: list[Telling] = []


class Leg(Struct, frozen=True, kw_only=True, gc=False):
    """One carrier over one stretch under one tracking number."""

    number: str
    carrier: str | None
    main: str
    sub: str
    started_at: str | None
    ended_at: str | None
    parcel: int = 1


class Parcel(Struct, frozen=True, kw_only=True, gc=False):
    """One box of the shipment, with the numbers it travelled under and its own status."""

    index: int
    numbers: list[str]
    status: StatusView


class AlertView(Struct, frozen=True, kw_only=True, gc=False):
    """A rule's finding that is open (or was): since when, how grave (info, warning, critical), and
    the ids of the events that it rests on (none where sensors or an address check said so).
    """

    rule: str
    severity: str
    opened_at: str
    detail: dict[str, str | int | float | None] = field(default_factory=dict)
    cleared_at: str | None = None
    because: list[str] = []


class CheckView(Struct, frozen=True, kw_only=True, gc=False):
    """The last word on a check that the goods need (see `domain.care`), or on a proof of delivery:
    what, whether it was passed, when, and by which event. Never of whom.
    """

    name: str
    passed: bool
    at: str
    event: str


class CareView(Struct, frozen=True, kw_only=True, gc=False):
    """What a category of goods needs: what goes on the box, which checks are made, and the steps
    that its page shows. See `domain.care`.
    """

    category: str
    labels: tuple[str, ...]
    checks: tuple[str, ...]
    nodes: tuple[str, ...]


class SaidView(Struct, frozen=True, kw_only=True, gc=False):
    """The same in another language, by its BCP 47 tag."""

    language: str
    title: str
    text: str


class NoticeView(Struct, frozen=True, kw_only=True, gc=False):
    """What holds up parcels where this one is now: weather, a closure, a peak."""

    kind: str
    title: str
    text: str
    since: str
    until: str | None
    delay_h: int
    translations: list[SaidView] = []


class Track(Struct, frozen=True, kw_only=True, gc=False):
    """The road. `events` are oldest first; `legs` in the order they were travelled. `arrival` is
    what is to be expected: our own window where there is a past to learn from, else the `promise`.
    `weight_g`: of all parcels, as stated, else as last weighed on the way.

    `of_order`: a number of each shipment, where an order of several was asked for by its number.
    `synthetic` is true for made-up data (the demo network), and said wherever it is shown.
    """

    number: str
    carrier: str | None
    shipment: str
    order_number: str | None
    status: StatusView
    milestones: list[Milestone]
    arrival: Arrival | None
    legs: list[Leg]
    parcels: list[Parcel]
    alerts: list[AlertView]
    events: list[EventView]
    notices: list[NoticeView] = []
    promise: Arrival | None = None
    origin: Place | None = None
    destination: Place | None = None
    service: str | None = None
    weight_g: int | None = None
    categories: list[str] = []
    signed_by: str | None = None
    synthetic: bool = False
    sealed: bool = False
    checks: list[CheckView] = []
    care: list[CareView] = []
    of_order: list[str] = []


def numbers_of(track: Track) -> list[str]:
    """Every number of a shipment, the one that was asked for first."""
    return list(dict.fromkeys([track.number, *(n for one in track.parcels for n in one.numbers)]))


class Coming(Struct, frozen=True, kw_only=True, gc=False):
    """A stop ahead: half of such roads are there by `p50`; `odds`: the share that comes by."""

    place: Place
    p10: str
    p50: str
    p90: str
    odds: float


class Foreseen(Track, frozen=True, kw_only=True):
    """A road that can be asked for what lies ahead: only who shows it asks. Never encoded."""

    ahead: Callable[[], Sequence[Coming]]


def ahead_of(track: Track) -> Sequence[Coming]:
    """The stops ahead, as far as they are known."""
    return track.ahead() if isinstance(track, Foreseen) else ()
