"""What the dialects draw as the predicted path. The road is synthetic."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.compat.kdniao import maps
from milepost.compat.kuaidi100 import arrival
from milepost.domain.place import Place
from milepost.domain.track import Coming, EventView, Foreseen, Parcel, StatusView, Track, ahead_of

STATUS = StatusView(main="in_transit", sub="in_transit.arrived_hub", since=None, because=[])
HUB = Place(name="武汉转运中心", city="武汉市", country="CN", latitude=30.6, longitude=114.3)
OUTLET = Place(name="成都锦江营业部", city="成都市", country="CN")


def road() -> Track:
    here = EventView(
        id="0" * 16, occurred_at="2026-11-20T08:00:00+08:00", time_quality="exact",
        main="in_transit", sub="in_transit.arrived_hub", text=None,
        place=Place(name="杭州转运中心", city="杭州市", country="CN"), next_place=None,
        carrier="zto", source="api", number="75000000000001", code=None,
        received_at="2026-11-20T08:00:01+08:00",
    )  # fmt: skip
    return Track(
        number="75000000000001", carrier="zto", shipment="0" * 16, order_number=None,
        status=STATUS, milestones=[], arrival=None, legs=[],
        parcels=[Parcel(index=1, numbers=[], status=STATUS)], alerts=[], events=[here],
    )  # fmt: skip


def foreseen() -> Foreseen:
    given = {name: getattr(road(), name) for name in Track.__struct_fields__}

    def ahead() -> Sequence[Coming]:
        times = {"p10": "2026-11-21T07:00:00+08:00", "p50": "2026-11-21T08:00:00+08:00",
                 "p90": "2026-11-21T11:00:00+08:00"}  # fmt: skip
        return [Coming(place=place, odds=0.9, **times) for place in (HUB, OUTLET)]

    return Foreseen(**given, ahead=ahead)


def test_kdniao_tells_the_predicted_path() -> None:
    found = maps.places(foreseen(), None, None)["PreCoordinates"]
    assert [one["Location"] for one in found] == ["武汉市", "成都市"]
    assert found[0]["LatAndLng"] == "30.60000,114.30000"
    assert maps.places(road(), None, None)["PreCoordinates"] == []


def test_kuaidi100_tells_the_nodes_ahead_with_their_times() -> None:
    nodes = arrival.predicted(foreseen())
    assert [(one["state"], one["arriveTime"]) for one in nodes[1:]] == [
        (arrival.AHEAD, "2026-11-21 08:00:00"), (arrival.AHEAD, "2026-11-21 08:00:00"),
    ]  # fmt: skip
    assert len(arrival.predicted(road())) == 1
    assert ahead_of(road()) == ()
