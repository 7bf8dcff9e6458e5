"""A road as AfterShip's tracking: statuses, times, estimates, legs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from milepost.compat.aftership import countries, ids, subtags
from milepost.compat.aftership.shape import View, tracking
from milepost.compat.aftership.slugs import carrier_for, slug_for
from milepost.compat.core import Watch, load_statuses
from milepost.compat.core.checking import table_problems
from milepost.compat.core.crosswalk import crosswalk
from milepost.domain.alert import DEFAULT_POLICY
from milepost.domain.scan import Facts, Scan
from milepost.domain.status import STATUSES, main_of
from milepost.domain.track import Arrival, Track
from milepost.engine.resolve import Resolver
from milepost.engine.unfold import unfold
from milepost.wiring import Tables

NOW_S = int(datetime(2030, 3, 9, tzinfo=UTC).timestamp())
VIEW = View(crosswalk(), "https://track.example", NOW_S)
WATCH = Watch(
    tenant=3, dialect="aftership", number="QX8100", id=300, created_us=1_890_000_000_000_000
)
TABLE = load_statuses("milepost.compat.aftership")


def road(*scans: tuple[str, str], facts: Facts | None = None, **more: Any) -> Track:
    """From (time, canonical sub) pairs."""
    resolver = Resolver(Tables())
    events = [
        event
        for at, sub in scans
        for event in resolver.events(
            1, Scan(number="QX8100", occurred_at=datetime.fromisoformat(at), code=sub, **more),
            "api", NOW_S * 1_000_000,
        )
    ]  # fmt: skip
    return unfold(
        "QX8100", events, [], [facts] if facts else [],
        shipment=1, now_s=NOW_S, policy=DEFAULT_POLICY, private=True,
    )  # fmt: skip


def test_statuses_are_total_and_come_back() -> None:
    assert list(table_problems(TABLE)) == []
    assert set(TABLE.forward) == set(STATUSES)


def test_every_subtag_has_words_and_one_of_nine_tags() -> None:
    for code in {TABLE.code(sub) for sub in STATUSES} | set(TABLE.back):
        assert subtags.message_of(code)
        assert subtags.tag_of(code) in subtags.tags()
    assert len(subtags.tags()) == 9


def test_what_this_dialect_says_its_own_connector_reads_alike() -> None:
    codes = Tables().codes("aftership")
    for code, sub in TABLE.back.items():
        if code in codes:
            assert main_of(codes[code].sub) == main_of(sub)


def test_nothing_heard_yet() -> None:
    one = tracking(WATCH, None, VIEW)

    assert (one["tag"], one["subtag"], one["checkpoints"]) == ("Pending", "Pending_001", [])
    assert one["active"] is True
    assert one["title"] == "QX8100"
    assert one["transit_time"] is None
    assert one["aftership_tracking_url"] == "https://track.example/t/QX8100"


def test_a_delivered_road() -> None:
    one = tracking(
        WATCH,
        road(
            ("2030-03-01T09:00:00+01:00", "picked_up"),
            ("2030-03-03T09:00:00+01:00", "attempt_failed"),
            ("2030-03-04T12:00:00+01:00", "delivered.signature"),
            carrier="ups",
        ),
        VIEW,
    )

    assert (one["tag"], one["subtag"]) == ("Delivered", "Delivered_003")
    assert one["active"] is False
    assert one["slug"] == "ups"
    assert one["transit_time"] == 3
    assert one["shipment_pickup_date"] == "2030-03-01T09:00:00+01:00"
    assert one["shipment_delivery_date"] == "2030-03-04T12:00:00+01:00"
    assert one["first_attempted_at"] == "2030-03-03T09:00:00+01:00"
    assert one["failed_delivery_attempts"] == 1
    assert [point["tag"] for point in one["checkpoints"]] == [
        "InTransit",
        "AttemptFail",
        "Delivered",
    ]
    assert one["checkpoints"][2]["message"] == "Sign by customer"


def test_a_time_without_a_zone_gets_none() -> None:
    one = tracking(WATCH, road(("2030-03-01T09:00:00", "picked_up")), VIEW)

    assert one["checkpoints"][0]["checkpoint_time"] == "2030-03-01T09:00:00"
    assert one["transit_time"] == 7


def test_what_cannot_be_read_is_not_called_in_transit() -> None:
    one = tracking(WATCH, road(("2030-03-01T09:00:00+00:00", "no such code"), text="qwqw"), VIEW)

    assert one["checkpoints"][0]["tag"] == "Pending"
    assert one["tag"] == "Pending"


def test_events_that_are_taken_back_are_not_shown() -> None:
    first = road(("2030-03-01T09:00:00+00:00", "delivered"))
    resolver = Resolver(Tables())
    scans = [
        Scan(number="QX8100", occurred_at=datetime(2030, 3, 1, 9, tzinfo=UTC), code="delivered"),
        Scan(number="QX8100", occurred_at=datetime(2030, 3, 1, 8, tzinfo=UTC), code="picked_up"),
        Scan(
            number="QX8100", occurred_at=datetime(2030, 3, 2, tzinfo=UTC),
            retracts=first.events[0].id,
        ),
    ]  # fmt: skip
    events = [
        event for scan in scans for event in resolver.events(1, scan, "api", NOW_S * 1_000_000)
    ]
    track = unfold(
        "QX8100", events, [], [], shipment=1, now_s=NOW_S, policy=DEFAULT_POLICY, private=True
    )

    one = tracking(WATCH, track, VIEW)
    assert [point["subtag"] for point in one["checkpoints"]] == ["InTransit_002"]
    assert one["active"] is True


@pytest.mark.parametrize(
    ("source", "field", "said"),
    [
        ("carrier_promise", "courier_estimated_delivery_date", "Carrier EDD"),
        ("lane", "aftership_estimated_delivery_date", "AfterShip EDD"),
        ("merchant_promise", None, "Order EDD"),
    ],
)
def test_estimates(source: str, field: str | None, said: str) -> None:
    arrival = Arrival(
        earliest="2030-03-10T00:00:00+01:00", latest="2030-03-12T00:00:00+01:00", probability=None,
        source=source, date_only=True, zone=None, stated_at=None,
    )  # fmt: skip
    promise = arrival if source.endswith("_promise") else None
    track = msgspec.structs.replace(
        road(("2030-03-01T09:00:00Z", "picked_up")), arrival=arrival, promise=promise
    )
    one = tracking(WATCH, track, VIEW)

    assert one["latest_estimated_delivery"]["source"] == said
    assert one["latest_estimated_delivery"]["type"] == "range"
    assert one["latest_estimated_delivery"]["datetime_min"] == "2030-03-10"
    for name in ("courier_estimated_delivery_date", "aftership_estimated_delivery_date"):
        assert (one[name] is not None) == (name == field)
    if field:
        assert one[field]["estimated_delivery_date_max"] == "2030-03-12"


def test_on_time_is_judged_by_the_day() -> None:
    def judged(latest: str) -> tuple[str, int]:
        arrival = Arrival(
            earliest=None, latest=latest, probability=None, source="carrier_promise",
            date_only=True, zone=None, stated_at=None,
        )  # fmt: skip
        track = road(("2030-03-01T09:00:00Z", "picked_up"), ("2030-03-04T09:00:00Z", "delivered"))
        one = tracking(WATCH, msgspec.structs.replace(track, promise=arrival), VIEW)
        return one["on_time_status"], one["on_time_difference"]

    assert judged("2030-03-04T00:00:00+00:00") == ("on-time", 0)
    assert judged("2030-03-03T00:00:00+00:00") == ("late", 1)
    assert judged("2030-03-06T00:00:00+00:00") == ("on-time", -2)


def test_ids_are_of_one_tenant() -> None:
    text, old = ids.id_of(WATCH), ids.legacy_id_of(WATCH)

    assert (len(text), len(old)) == (32, 24)
    assert ids.kept_under(3, text) == ids.kept_under(3, old) == 300
    assert ids.kept_under(4, text) is None
    assert ids.kept_under(3, "0" * 32) is None
    assert ids.kept_under(3, "nothing") is None
    assert ids.id_of(msgspec.structs.replace(WATCH, options={"id": "mine"})) == "mine"
    assert not ids.may_be_own("a/b")


def test_countries() -> None:
    codes = {"DE": "DEU", "FR": "FRA", "CD": "COD", "TL": "TLS", "MM": "MMR", "YE": "YEM"}

    assert {code: countries.alpha3(code) for code in codes} == codes
    assert {code: countries.alpha2(long) for code, long in codes.items()} == {
        code: code for code in codes
    }
    assert countries.alpha3(None) is None
    assert countries.alpha2("\x00 !") is None
    assert countries.name("DE") == "Germany"


def test_slugs_lead_there_and_back() -> None:
    rows = crosswalk().all()

    for row in rows:
        slug = slug_for(crosswalk(), row.slug)
        assert slug is not None
        assert carrier_for(crosswalk(), slug) == row.slug
    assert carrier_for(crosswalk(), "SF-Express ") == "sf"
    assert carrier_for(crosswalk(), "nobody") is None
