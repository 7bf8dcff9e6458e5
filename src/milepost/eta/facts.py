"""What foresight is told of a shipment, and what it answers. Times are microseconds since 1970."""

from __future__ import annotations

from msgspec import Struct

DAY_US = 86_400_000_000


class Spot(Struct, frozen=True, kw_only=True, gc=False):
    """One end of a lane; everything may be absent. `country` is ISO 3166 alpha-2."""

    place: str | None = None
    region: str | None = None
    country: str | None = None
    lat: float | None = None
    lng: float | None = None


NOWHERE = Spot()


class Facts(Struct, frozen=True, kw_only=True, gc=False):
    """What is known of a shipment before its first scan. `offset_s` is the origin's UTC offset."""

    created_us: int
    tenant: str = ""
    carrier: str = ""
    service: str = ""
    mode: str = ""
    origin: Spot = NOWHERE
    destination: Spot = NOWHERE
    promised_us: int | None = None
    weight_g: int | None = None
    offset_s: int = 0


class Seen(Struct, frozen=True, gc=False):
    """A scan event: when, and its main status."""

    occurred_us: int
    main: str


class Road(Struct, frozen=True, kw_only=True, gc=False):
    """A shipment with what happened to it; `delivered_us` is None while it is open."""

    facts: Facts
    events: tuple[Seen, ...] = ()
    delivered_us: int | None = None


class Revised(Struct, frozen=True, gc=False):
    """What moved a window: the status of a scan, or `silence`; `at_us` when that scan was, the
    last before a silence; `p50_us` is the median before.
    """

    because: str
    at_us: int
    p50_us: int


class Window(Struct, frozen=True, kw_only=True, gc=False):
    """An arrival window: 10, 50 and 90 % of such shipments have arrived by these instants.

    `probability` is that of arriving between P10 and P90; `late_odds` that of breaking the promise
    (None without one); `guess` says that no history stands behind it; `reason` says why it is so.
    It is that of the last of `boxes` on the road, of which `unseen` have not been scanned.
    """

    p10_us: int
    p50_us: int
    p90_us: int
    predictor: str
    guess: bool
    reason: str
    probability: float = 0.8
    late_odds: float | None = None
    evidence: float = 0.0
    boxes: int = 1
    unseen: int = 0
    revised: Revised | None = None
