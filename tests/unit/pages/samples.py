"""Invented tracks, one for each face of the buyer's page. All numbers, names and places made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from milepost.domain.place import Place
from milepost.domain.status import main_of
from milepost.domain.track import (
    AlertView,
    Arrival,
    CheckView,
    EventView,
    Leg,
    Milestone,
    NoticeView,
    Parcel,
    StatusView,
    Track,
)
from milepost.pages.ports import ColdChain, Reading

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

ROMA = Place(city="Roma", country="IT")
BOLOGNA = Place(facility="Hub Bologna 2", city="Bologna", country="IT")
VERONA = Place(city="Verona", country="IT")
KIOSK = Place(name="Kiosk am Südtor, Lindenau")
HANGZHOU = Place(name="杭州转运中心", country="CN")
XIAMEN = Place(name="厦门思明营业部", country="CN")

Row = tuple[str, str, str | None, Place | None]


def scans(
    rows: list[Row],
    *,
    number: str,
    carrier: str | None,
    quality: str = "exact",
    first: int = 1,
) -> list[EventView]:
    """Events of (occurred_at, sub, text, place) rows, oldest first."""
    return [
        EventView(
            id=f"e{index}",
            occurred_at=at,
            time_quality=quality,
            main=main_of(sub),
            sub=sub,
            text=text,
            place=place,
            next_place=None,
            carrier=carrier,
            source="carrier",
            number=number,
            code=None,
            received_at=at,
        )
        for index, (at, sub, text, place) in enumerate(rows, first)
    ]


def track(
    number: str,
    carrier: str | None,
    events: list[EventView],
    *,
    sub: str | None = None,
    arrival: Arrival | None = None,
    legs: list[Leg] | None = None,
    parcels: list[Parcel] | None = None,
    alerts: list[AlertView] | None = None,
    **more: object,
) -> Track:
    """A track whose status is the last event's, with the milestones of its events."""
    last = events[-1] if events else None
    sub = sub or (last.sub if last else "unknown.none")
    status = StatusView(
        main=main_of(sub),
        sub=sub,
        since=last.occurred_at if last else None,
        because=[last.id] if last else [],
    )
    seen: dict[str, Milestone] = {}
    for event in events:
        seen.setdefault(
            event.main, Milestone(main=event.main, at=event.occurred_at, event=event.id)
        )
    leg = Leg(
        number=number,
        carrier=carrier,
        main=main_of(sub),
        sub=sub,
        started_at=events[0].occurred_at if events else None,
        ended_at=None,
    )
    return Track(
        number=number,
        carrier=carrier,
        shipment="shp_1",
        order_number="ORDER-SECRET-77",
        status=status,
        milestones=list(seen.values()),
        arrival=arrival,
        legs=legs or [leg],
        parcels=parcels or [Parcel(index=1, numbers=[number], status=status)],
        alerts=alerts or [],
        events=events,
        signed_by="SIGNER-SECRET",
        **more,  # type: ignore[arg-type]
    )


def predicted(earliest: str | None, latest: str, odds: float | None = 0.85) -> Arrival:
    """A window of our own in Italy."""
    return Arrival(
        earliest=earliest,
        latest=latest,
        probability=odds,
        source="lane_quantiles",
        date_only=False,
        zone="Europe/Rome",
        stated_at=None,
    )


def promised(earliest: str | None, latest: str, *, source: str = "carrier_promise") -> Arrival:
    """A date that somebody gave, without a time of day."""
    return Arrival(
        earliest=earliest,
        latest=latest,
        probability=None,
        source=source,
        date_only=True,
        zone=None,
        stated_at=None,
    )


def alert(rule: str, severity: str = "warning", at: str = "2026-11-22T08:00:00+01:00") -> AlertView:
    return AlertView(rule=rule, severity=severity, opened_at=at)


_ROAD: list[Row] = [
    ("2026-11-22T16:40:00+01:00", "info_received.created", "Shipment data received", None),
    ("2026-11-22T18:05:00+01:00", "picked_up", "Parcel collected from sender", ROMA),
    ("2026-11-23T02:11:00+01:00", "in_transit.arrived_hub", "Arrived at sorting hub", BOLOGNA),
    ("2026-11-23T05:48:00+01:00", "in_transit.departed_facility", "Departed hub", BOLOGNA),
]
_OUT: Row = (
    "2026-11-24T08:02:00+01:00",
    "out_for_delivery",
    "With the courier for delivery",
    VERONA,
)


def on_the_way() -> Track:
    events = scans(_ROAD, number="CV4410029917", carrier="corriere")
    window = predicted("2026-11-25T14:00:00+01:00", "2026-11-25T18:00:00+01:00")
    return track(
        "CV4410029917", "corriere", events, arrival=window, origin=ROMA, destination=VERONA
    )


def out_for_delivery() -> Track:
    events = scans([*_ROAD, _OUT], number="CV4410029925", carrier="corriere")
    window = predicted("2026-11-24T11:30:00+01:00", "2026-11-24T13:15:00+01:00", 0.9)
    return track("CV4410029925", "corriere", events, arrival=window)


def waiting_at_station() -> Track:
    last: Row = ("2026-11-23T15:20:00+01:00", "available_for_pickup", "Abholbereit", KIOSK)
    events = scans([*_ROAD, last], number="CV4410029933", carrier="corriere")
    return track("CV4410029933", "corriere", events)


def customs_hold() -> Track:
    rows: list[Row] = [
        ("2026-11-15T10:00:00+08:00", "picked_up", "已揽收", HANGZHOU),
        (
            "2026-11-17T03:30:00+08:00",
            "in_transit.departed_country",
            "航班已起飞",
            Place(city="上海", country="CN"),
        ),
        (
            "2026-11-20T09:12:00+01:00",
            "customs.processing",
            "Presented to customs",
            Place(city="Milano", country="IT"),
        ),
        (
            "2026-11-21T13:44:00+01:00",
            "customs.info_required",
            "Invoice missing, importer to be contacted",
            Place(city="Milano", country="IT"),
        ),
    ]
    events = scans(rows, number="LX558310248CN", carrier="posta")
    return track(
        "LX558310248CN",
        "posta",
        events,
        arrival=promised("2026-11-26", "2026-12-01"),
        alerts=[alert("customs_hold", "critical", "2026-11-23T13:44:00+01:00")],
        origin=Place(city="杭州", country="CN"),
        destination=ROMA,
    )


def failed_attempt() -> Track:
    rows: list[Row] = [
        *_ROAD,
        _OUT,
        (
            "2026-11-24T09:51:00+01:00",
            "attempt_failed.no_contact",
            "Nobody home, card left",
            VERONA,
        ),
    ]
    events = scans(rows, number="CV4410029941", carrier="corriere")
    window = promised(None, "2026-11-25")
    return track("CV4410029941", "corriere", events, arrival=window)


def delivered() -> Track:
    last: Row = (
        "2026-11-24T14:03:00+08:00",
        "delivered.locker_or_pickup_point",
        "您的快件已存放至丰巢柜,取件请凭短信",
        XIAMEN,
    )
    rows: list[Row] = [
        (
            "2026-11-21T19:22:10+08:00",
            "picked_up",
            "【杭州滨江营业部】已揽收",
            Place(name="杭州滨江营业部"),
        ),
        (
            "2026-11-22T01:02:33+08:00",
            "in_transit.arrived_hub",
            "快件已到达【杭州转运中心】",
            HANGZHOU,
        ),
        (
            "2026-11-22T03:40:12+08:00",
            "in_transit.departed_facility",
            "快件离开【杭州转运中心】,发往【厦门转运中心】",
            HANGZHOU,
        ),
        (
            "2026-11-24T07:31:00+08:00",
            "out_for_delivery",
            "快递员 王** 正在派件,电话 138****0000",
            XIAMEN,
        ),
        last,
    ]
    events = scans(rows, number="JX0000000000018", carrier="jiexun")
    return track("JX0000000000018", "jiexun", events, synthetic=True, sealed=True)


def returned() -> Track:
    rows: list[Row] = [
        *_ROAD[:3],
        ("2026-11-20T11:00:00+01:00", "exception.refused", "Refused by consignee", VERONA),
        ("2026-11-20T18:00:00+01:00", "returning", "Return to sender started", VERONA),
        ("2026-11-23T10:15:00+01:00", "returned", "Delivered to sender", ROMA),
    ]
    rows = [
        (row[0].replace("11-22", "11-18").replace("11-23T0", "11-19T0"), *row[1:]) for row in rows
    ]
    return track("CV4410029958", "corriere", scans(rows, number="CV4410029958", carrier="corriere"))


def cross_border() -> Track:
    """Three legs under three numbers; the second carrier gives clock times without a zone."""
    first = scans(
        [
            (
                "2026-11-12T20:14:00+08:00",
                "picked_up",
                "已收取快件",
                Place(name="金华义乌营业部", country="CN"),
            ),
            (
                "2026-11-13T04:30:00+08:00",
                "in_transit.departed_origin",
                "已发往【宁波口岸】",
                Place(name="宁波", country="CN"),
            ),
        ],
        number="JX0000000000026",
        carrier="jiexun",
    )
    second = scans(
        [
            (
                "2026-11-14T02:10:00",
                "in_transit.departed_country",
                "Departed from origin country",
                None,
            ),
            (
                "2026-11-19T11:40:00",
                "in_transit.arrived_country",
                "Arrived at destination gateway",
                Place(name="Gateway Lisboa"),
            ),
            (
                "2026-11-20T16:05:00",
                "customs.released",
                "Customs clearance completed",
                Place(name="Gateway Lisboa"),
            ),
        ],
        number="TLW88120045",
        carrier="transglobe",
        quality="naive",
        first=3,
    )
    third = scans(
        [
            (
                "2026-11-23T09:20:00+00:00",
                "in_transit.arrived_hub",
                "Encomenda em trânsito",
                Place(city="Lisboa", country="PT"),
            ),
        ],
        number="RR558310251PT",
        carrier="posta",
        first=6,
    )
    legs = [
        _leg("JX0000000000026", "jiexun", first, "2026-11-14T01:00:00+08:00"),
        _leg("TLW88120045", "transglobe", second, "2026-11-21T10:00:00"),
        _leg("RR558310251PT", "posta", third, None),
    ]
    return track(
        "JX0000000000026",
        "posta",
        [*first, *second, *third],
        arrival=Arrival(
            earliest="2026-11-25T00:00:00+00:00",
            latest="2026-11-27T23:59:00+00:00",
            probability=0.8,
            source="lane_quantiles",
            date_only=False,
            zone="Europe/Lisbon",
            stated_at=None,
        ),
        legs=legs,
        origin=Place(city="义乌", country="CN"),
        destination=Place(city="Setúbal", country="PT"),
        service="Small packet, tracked",
    )


def _leg(number: str, carrier: str, events: list[EventView], ended_at: str | None) -> Leg:
    last = events[-1]
    return Leg(
        number=number,
        carrier=carrier,
        main=last.main,
        sub=last.sub,
        started_at=events[0].occurred_at,
        ended_at=ended_at,
    )


def three_parcels() -> Track:
    numbers = ["CV4410030011", "CV4410030029", "CV4410030037"]
    roads: list[list[Row]] = [
        [*_ROAD, _OUT, ("2026-11-24T09:12:00+01:00", "delivered.recipient", "Delivered", VERONA)],
        [*_ROAD, _OUT],
        _ROAD[:3],
    ]
    events = [
        event
        for index, (number, rows) in enumerate(zip(numbers, roads, strict=True))
        for event in scans(rows, number=number, carrier="corriere", first=100 * index)
    ]
    events.sort(key=lambda event: event.occurred_at)
    parcels = [
        Parcel(
            index=index,
            numbers=[number],
            status=StatusView(
                main=main_of(rows[-1][1]), sub=rows[-1][1], since=rows[-1][0], because=[]
            ),
        )
        for index, (number, rows) in enumerate(zip(numbers, roads, strict=True), 1)
    ]
    legs = [
        Leg(
            number=number,
            carrier="corriere",
            main="in_transit",
            sub="in_transit.moving",
            started_at=None,
            ended_at=None,
            parcel=index,
        )
        for index, number in enumerate(numbers, 1)
    ]
    return track(
        numbers[0],
        "corriere",
        events,
        sub="out_for_delivery",
        arrival=predicted("2026-11-24T14:00:00+01:00", "2026-11-24T18:00:00+01:00"),
        parcels=parcels,
        legs=legs,
    )


def many_parcels() -> Track:
    """Twenty boxes that stand as those of `three_parcels` do."""
    three = three_parcels()
    boxes = [
        replace(three.parcels[n % 3], index=n + 1, numbers=[f"CV44200{n:05}"]) for n in range(20)
    ]
    return replace(three, number="CV4420000000", parcels=boxes)


def nothing_yet() -> Track:
    return track("CV4410029966", "corriere", [])


def two_hundred_events() -> Track:
    start = datetime(2026, 10, 20, 7, 5, tzinfo=UTC)
    rows: list[Row] = [
        (
            (start + timedelta(hours=4 * index)).isoformat(),
            ("in_transit.arrived_hub", "in_transit.departed_facility")[index % 2],
            f"Container scan no {index}",
            (BOLOGNA, VERONA)[index % 2],
        )
        for index in range(200)
    ]
    events = scans(rows, number="CV4410029974", carrier="corriere")
    return track("CV4410029974", "corriere", events, arrival=promised(None, "2026-11-22"))


def lost() -> Track:
    last: Row = (
        "2026-11-23T10:00:00+01:00",
        "exception.lost",
        "Declared lost after search",
        BOLOGNA,
    )
    events = scans([*_ROAD[:3], last], number="CV4410029982", carrier="corriere")
    return track("CV4410029982", "corriere", events, alerts=[alert("no_such_rule", "critical")])


def stale() -> Track:
    rows: list[Row] = [
        (f"2026-11-{day:02}", "in_transit.moving", "在途中", None) for day in (10, 12)
    ]
    events = scans(rows, number="JX0000000000034", carrier="jiexun", quality="date_only")
    return track("JX0000000000034", "jiexun", events)


def hostile() -> Track:
    """Every text tries to break out of the page."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"' onload=alert(3) {{ 7*7 }}"
    place = Place(name=evil, country="<b>")
    rows: list[Row] = [("2026-11-23T10:00:00+01:00", "in_transit.moving", evil, place)]
    events = scans(rows, number="X\"'><script>", carrier="<i>evil</i>")
    return track(
        "EVIL1234567", "<i>evil</i>", events, service=evil, origin=place, destination=place
    )


PICKUP_TEXT = "Abholbereit am Kiosk, Abholcode: 7-40-2291"


def locker() -> Track:
    """Waits in a locker; the carrier's text in the public view still names the code."""
    text = "【厦门思明营业部】快件已到店，凭取件码 6-3-7042 取件"
    rows: list[Row] = [
        ("2026-11-23T19:22:10+08:00", "picked_up", "已揽收", HANGZHOU),
        ("2026-11-24T14:03:00+08:00", "available_for_pickup", text, XIAMEN),
    ]
    return track(
        "JX0000000000042", "jiexun", scans(rows, number="JX0000000000042", carrier="jiexun")
    )


def cold_chain() -> Track:
    rows: list[Row] = [
        ("2026-11-22T18:05:00+01:00", "picked_up", "Collected, 4 °C", ROMA),
        ("2026-11-23T02:11:00+01:00", "in_transit.arrived_hub", "Arrived", BOLOGNA),
    ]
    window = predicted("2026-11-24T14:00:00+01:00", "2026-11-24T18:00:00+01:00")
    events = scans(rows, number="CV4410030045", carrier="corriere")
    return track(
        "CV4410030045", "corriere", events, arrival=window, origin=ROMA, destination=VERONA
    )


def _cold() -> ColdChain:
    """Invented: six degrees at the most, but for forty minutes at a hub."""
    start = datetime(2026, 11, 22, 17, 5, tzinfo=UTC)
    readings = []
    for step in range(200):
        warm = 4_200 if 108 <= step <= 116 else 0
        value = 4_000 + warm + (step * 37) % 900 - 450 + (step % 11) * 40
        readings.append(Reading((start + timedelta(minutes=5 * step)).isoformat(), value))
    return ColdChain(readings=tuple(readings), least_mc=2_000, most_mc=8_000)


COLD = _cold()


def foreseen(earliest: str, likely: str, latest: str, **more: object) -> Arrival:
    """A window learned from the past, as `lanes` gives it, in Italy."""
    return Arrival(
        earliest=earliest,
        likely=likely,
        latest=latest,
        probability=0.8,
        source="lanes",
        date_only=False,
        zone="Europe/Rome",
        stated_at=None,
        **more,  # type: ignore[arg-type]
    )


def held_up() -> Track:
    """Snow on the way, two findings, and a promise that will hardly hold."""
    events = scans(_ROAD, number="CV4410030060", carrier="corriere")
    window = foreseen(
        "2026-11-25T09:10:00+01:00",
        "2026-11-26T11:20:00+01:00",
        "2026-11-28T17:40:00+01:00",
        late_odds=0.72,
    )
    snow = NoticeView(
        kind="weather",
        title="Neve sull'Appennino",
        text="Autostrada A1 chiusa tra Bologna e Firenze.",
        since="2026-11-23T18:00:00+01:00",
        until="2026-11-25T06:00:00+01:00",
        delay_h=26,
    )
    return track(
        "CV4410030060",
        "corriere",
        events,
        arrival=window,
        promise=promised(None, "2026-11-25"),
        notices=[snow],
        alerts=[alert("promise_at_risk"), alert("tilted")],
        origin=ROMA,
        destination=VERONA,
    )


def guessed() -> Track:
    """No past to go by, and a road that goes another way than usual."""
    events = scans(_ROAD[:3], number="CV4410030078", carrier="corriere")
    window = foreseen(
        "2026-11-25T10:00:00+01:00",
        "2026-11-26T12:00:00+01:00",
        "2026-11-26T19:00:00+01:00",
        guess=True,
    )
    return track(
        "CV4410030078",
        "corriere",
        events,
        arrival=window,
        alerts=[alert("missort"), alert("detour_network")],
        origin=ROMA,
        destination=VERONA,
    )


def by_sea() -> Track:
    rows: list[Row] = [
        ("2026-10-20T10:00:00+08:00", "picked_up", "已揽收", Place(city="宁波", country="CN")),
        (
            "2026-10-24T09:00:00+08:00",
            "in_transit.departed_country",
            "Vessel departed from Ningbo",
            Place(city="宁波", country="CN"),
        ),
        (
            "2026-11-22T07:30:00+01:00",
            "in_transit.arrived_country",
            "Vessel arrived at Rotterdam",
            Place(city="Rotterdam", country="NL"),
        ),
    ]
    events = scans(rows, number="TLW88120053", carrier="transglobe")
    return track(
        "TLW88120053",
        "transglobe",
        events,
        origin=Place(city="杭州", country="CN"),
        destination=Place(city="Dortmund", country="DE"),
        arrival=promised("2026-11-26", "2026-11-30"),
    )


def cared_for() -> Track:
    """Two kinds of goods in one box: one check made, one still to come at the door."""
    events = scans([*_ROAD, _OUT], number="CV4410030086", carrier="corriere")
    window = predicted("2026-11-24T11:30:00+01:00", "2026-11-24T13:15:00+01:00", 0.9)
    made = [CheckView(name="seal", passed=True, at=_ROAD[1][0], event="e2")]
    return track("CV4410030086", "corriere", events, arrival=window, origin=ROMA,
                 destination=VERONA, categories=["fragile", "high_value"], checks=made)  # fmt: skip


SAMPLES = {
    "on-the-way": on_the_way(),
    "out-for-delivery": out_for_delivery(),
    "waiting-at-station": waiting_at_station(),
    "customs-hold": customs_hold(),
    "failed-attempt": failed_attempt(),
    "delivered": delivered(),
    "returned": returned(),
    "cross-border": cross_border(),
    "three-parcels": three_parcels(),
    "many-parcels": many_parcels(),
    "nothing-yet": nothing_yet(),
    "two-hundred-events": two_hundred_events(),
    "lost": lost(),
    "held-up": held_up(),
    "guessed": guessed(),
    "stale": stale(),
    "locker": locker(),
    "cold-chain": cold_chain(),
    "by-sea": by_sea(),
    "cared-for": cared_for(),
}
