"""The JSON of `/v1/assets` and `/v1/geofences`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=3, max_length=200, pattern=r"^[a-z][a-z_]*:[^\x00]+$")]
Text = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Metres = Annotated[int, Meta(ge=10, le=1_000_000)]


class TerminalGiven(Struct, kw_only=True):
    """A device or tag that speaks for the asset. `protocol`: `jt808`, `gt06`, … for terminals of
    trucks, `device` for our own JSON, `rfid` for a reader, `epc` for a tag.
    """

    protocol: Text
    identity: Text
    secret: Text | None = None


class AssetGiven(Struct, kw_only=True):
    """`path`: the way it is planned to take, as [latitude, longitude] in degrees; leaving it by
    more than `corridor_m` is told. What is not given of a known asset stays.
    """

    asset: Name
    label: Text | None = None
    path: Annotated[list[tuple[Latitude, Longitude]], Meta(max_length=10_000)] = []
    corridor_m: Metres | None = None
    terminals: Annotated[list[TerminalGiven], Meta(max_length=1_000)] = []


class TerminalShown(Struct, kw_only=True):
    """A device or tag; its secret is never shown."""

    protocol: str
    identity: str


class FactShown(Struct):
    """The newest that a device said under one name, whose ending is the unit."""

    value: str | int | float | bool
    at: str


class AlarmShown(Struct, kw_only=True):
    """An alarm of a device from its first report to its last. `alarm` is a number where no table of
    the protocol names it. `standing`: the newest report that tells of alarms has it. The place is
    that of the first report.
    """

    alarm: str | int
    since: str
    until: str
    standing: bool
    lat: float | None
    lon: float | None


class AssetShown(Struct, kw_only=True):
    """An asset with its devices and tags; of one asset also what its devices say of it: the newest
    facts by name, and the newest alarms.
    """

    asset: str
    kind: str
    label: str | None
    path: list[tuple[float, float]]
    corridor_m: int | None
    terminals: list[TerminalShown] = []
    facts: dict[str, FactShown] = {}
    alarms: list[AlarmShown] = []


class Alarms(Struct):
    """The last reported first."""

    asset: str
    alarms: list[AlarmShown]


class MediumShown(Struct, kw_only=True):
    """A picture, sound or film of a terminal. `event` (why) and `camera` are its own numbers."""

    id: str
    at: str
    received_at: str
    number: int
    content_type: str
    event: int
    camera: int
    bytes: int
    complete: bool
    lat: float | None
    lon: float | None


class MediaShown(Struct):
    """The newest first."""

    asset: str
    media: list[MediumShown]


class AssetPage(Struct):
    """Assets by name."""

    assets: list[AssetShown]
    next: str | None


class AssetQuery(Struct):
    """`cursor`: the `next` of the page before."""

    kind: Annotated[str, Meta(max_length=40)] | None = None
    cursor: Annotated[str, Meta(max_length=200)] = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 50


class SpanQuery(Struct):
    """Times in RFC 3339 with an offset."""

    since: Annotated[str, Meta(max_length=64)] | None = None
    until: Annotated[str, Meta(max_length=64)] | None = None
    limit: Annotated[int, Meta(ge=1, le=10_000)] = 1_000


class Position(Struct, kw_only=True):
    """`valid`: what the device says of its own fix."""

    at: str
    lat: float
    lon: float
    valid: bool
    speed_m_s: float | None
    course_deg: int | None


class Positions(Struct):
    """The newest ones, oldest first."""

    asset: str
    positions: list[Position]


class VisitShown(Struct, kw_only=True):
    """A stay at a place. `departed` null: it is still there."""

    place: str
    arrived: str
    departed: str | None
    dwell_s: int


class Visits(Struct):
    """Stays at places with a fence, by arrival."""

    asset: str
    visits: list[VisitShown]


class ContainedShown(Struct, kw_only=True):
    """`ended`: how it is known that it is no longer there; null while it is."""

    child: str
    parent: str
    since: str
    until: str | None
    seen: str
    began: str
    ended: str | None
    confidence: float


class Contents(Struct):
    """What was in an asset, and what the asset was in."""

    asset: str
    inside: list[ContainedShown]
    within: list[ContainedShown]


class FenceGiven(Struct, kw_only=True):
    """A place. Entered within `enter_m`, left beyond `exit_m`; a stay below `stay_s` is none."""

    name: Text
    lat: Latitude
    lon: Longitude
    enter_m: Metres = 200
    exit_m: Metres = 300
    stay_s: Annotated[int, Meta(ge=0, le=86_400)] = 180


class FencesShown(Struct):
    """All places of the tenant."""

    geofences: list[FenceGiven]
