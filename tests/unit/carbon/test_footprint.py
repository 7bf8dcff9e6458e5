"""A road's scans become legs: located, cut at ports, with what was assumed."""

from __future__ import annotations

from milepost.domain.place import Place
from milepost.domain.track import EventView, StatusView, Track
from milepost.engine.footprint import ASSUMED_WEIGHT_G, stretches_of


def event(number: int, place: str, sub: str = "in_transit.moving", text: str = "") -> EventView:
    return EventView(
        id=f"{number:016x}",
        occurred_at=f"2026-11-{number:02}T08:00:00+00:00",
        time_quality="exact",
        main=sub.partition(".")[0],
        sub=sub,
        text=text,
        place=Place(name=place) if place else None,
        next_place=None,
        carrier="yunexpress",
        source="api",
        number="YT1",
        code=None,
        received_at="2026-11-20T08:00:00+00:00",
    )


def track(*events: EventView, **more: object) -> Track:
    main = events[-1].main if events else "unknown"
    given = {
        "number": "YT1", "carrier": "yunexpress", "shipment": "0" * 16, "order_number": None,
        "status": StatusView(main=main, sub=main, since=None, because=[]), "milestones": [],
        "arrival": None, "legs": [], "parcels": [], "alerts": [], "events": list(events),
    }  # fmt: skip
    return Track(**(given | more))  # type: ignore[arg-type]


def test_a_ship_sails_from_port_to_port() -> None:
    legs, unknown = stretches_of(
        track(
            event(1, "Shenzhen, CN", "picked_up"),
            event(2, "", text="Vessel departed"),
            event(20, "Berlin, DE", "delivered"),
            weight_g=700,
        )
    )

    assert [leg.mode for leg in legs] == ["sea", "road"]
    assert [leg.destination.country for leg in legs] == [legs[0].destination.country, "DE"]
    assert legs[0].origin.code
    assert legs[1].assumed == ("mode",)
    assert "origin" in unknown[0]


def test_without_weight_or_words_all_is_marked() -> None:
    legs, _ = stretches_of(
        track(
            event(1, "Shenzhen, CN", "picked_up"),
            event(3, "Los Angeles, US"),
            event(4, "Los Angeles, US"),
        )
    )

    assert len(legs) == 1
    assert (legs[0].mode, legs[0].weight_g) == ("air", ASSUMED_WEIGHT_G)
    assert legs[0].assumed == ("mode", "weight")


def test_a_road_of_one_place_cannot_be_reckoned() -> None:
    legs, unknown = stretches_of(track(event(1, "Shenzhen, CN")))
    assert legs == []
    assert "fewer than two places" in unknown[0]
    assert stretches_of(track())[0] == []


def test_what_was_retracted_is_no_place() -> None:
    wrong = EventView(
        **{
            name: getattr(event(2, "Tokyo, JP"), name)
            for name in EventView.__struct_fields__
            if name != "retracted_by"
        },
        retracted_by="f" * 16,
    )
    legs, _ = stretches_of(track(event(1, "Berlin, DE"), wrong, event(3, "Hamburg, DE")))
    assert [leg.mode for leg in legs] == ["road"]
