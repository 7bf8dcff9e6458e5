from __future__ import annotations

from typing import Any

import msgspec
import pytest

from milepost.compat.core.crosswalk import crosswalk
from milepost.compat.seventeentrack.providers import hash_of
from milepost.compat.seventeentrack.road import STAGES
from milepost.compat.seventeentrack.shape import Asked, item
from milepost.domain.track import Arrival, Track
from unit.compat_17track.roads import NOW_US, ROAD, event, track, watch


def shaped(road: Track, version: str = "v2.4", **options: Any) -> dict[str, Any]:
    one = watch()
    one.options = one.options | options
    found = item(Asked.of(one, version), road, crosswalk(), NOW_US)
    assert found is not None
    # As a client reads it.
    return msgspec.json.decode(msgspec.json.encode(found))


def test_the_shape_of_v24() -> None:
    found = shaped(track(*ROAD))

    assert list(found)[:5] == ["number", "carrier", "param", "tag", "lang"]
    assert (found["number"], found["carrier"], found["tag"]) == ("RR100200300CN", 3011, "T-1")
    assert found["phone_number_last_4"] is None
    assert list(found["track_info"]) == [
        "shipping_info", "latest_status", "latest_event", "time_metrics", "milestone",
        "misc_info", "tracking",
    ]  # fmt: skip
    assert found["track_info"]["latest_status"] == {
        "status": "OutForDelivery",
        "sub_status": "OutForDelivery_Other",
        "sub_status_descr": None,
    }


def test_v22_repeats_less() -> None:
    found = shaped(track(*ROAD), "v2.2")

    assert set(found) == {"number", "carrier", "param", "tag", "lang", "track_info"}
    assert "provider_tips" not in found["track_info"]["tracking"]["providers"][0]


def test_all_nine_milestones_in_order() -> None:
    milestones = shaped(track(*ROAD))["track_info"]["milestone"]

    assert [one["key_stage"] for one in milestones] == list(STAGES)
    reached = {one["key_stage"]: one["time_utc"] for one in milestones if one["time_iso"]}
    assert reached == {
        "PickedUp": "2026-11-10T01:00:00Z",
        "Departure": "2026-11-11T14:30:00Z",
        "Arrival": "2026-11-15T08:00:00Z",
        "OutForDelivery": "2026-11-18T12:45:00Z",
    }


def test_providers_have_their_own_events_newest_first() -> None:
    tracking = shaped(track(*ROAD))["track_info"]["tracking"]
    last, first = tracking["providers"]

    assert (last["provider"]["key"], first["provider"]["key"]) == (21051, 3011)
    assert first["provider"]["name"] == "China Post"
    assert [one["time_iso"] for one in first["events"]] == [
        "2026-11-11T22:30:00+08:00",
        "2026-11-10T09:00:00+08:00",
    ]
    assert last["latest_sync_status"] == "Success"
    assert last["latest_sync_time"] == "2026-11-19T08:00:00Z"
    assert shaped(track(*ROAD))["track_info"]["latest_event"] == last["events"][0]


def test_hashes_have_a_sign_and_follow_what_they_stand_for() -> None:
    hashes = [hash_of(f"{number}") for number in range(64)]
    before = shaped(track(*ROAD[:3]))["track_info"]["tracking"]
    after = shaped(track(*ROAD))["track_info"]["tracking"]

    assert all(-(2**31) <= one < 2**31 for one in hashes)
    assert min(hashes) < 0 < max(hashes)
    assert before["providers_hash"] != after["providers_hash"]
    assert shaped(track(*ROAD))["track_info"]["tracking"] == after


@pytest.mark.parametrize(
    ("at", "quality", "expected"),
    [
        (
            "2026-11-10T09:00:00.250000+08:00", "exact",
            (
                "2026-11-10T09:00:00+08:00", "2026-11-10T01:00:00Z",
                "2026-11-10", "09:00:00", "+08:00",
            ),
        ),
        (
            "2026-11-10T09:00:00+08:00", "carrier_zone",
            ("2026-11-10T09:00:00+08:00", "2026-11-10T01:00:00Z", "2026-11-10", "09:00:00", None),
        ),
        ("2026-11-10T09:00:00", "naive", (None, None, "2026-11-10", "09:00:00", None)),
        ("2026-11-10", "date_only", (None, None, "2026-11-10", None, None)),
    ],
)  # fmt: skip
def test_times_are_never_better_than_they_are(
    at: str, quality: str, expected: tuple[str | None, ...]
) -> None:
    one = event(at, "picked_up", time_quality=quality)
    found = shaped(track(one))["track_info"]["latest_event"]
    raw = found["time_raw"]

    assert (
        found["time_iso"], found["time_utc"], raw["date"], raw["time"], raw["timezone"]
    ) == expected  # fmt: skip


def test_an_event_has_its_place() -> None:
    found = shaped(track(ROAD[0]))["track_info"]["latest_event"]

    assert (found["location"], found["stage"]) == ("Shenzhen", "PickedUp")
    assert found["sub_status"] == "InTransit_PickedUp"
    assert found["address"] == {
        "country": "CN",
        "state": None,
        "city": "Shenzhen",
        "street": None,
        "postal_code": None,
        "coordinates": {"longitude": "114.05", "latitude": "22.54"},
    }


def test_what_was_taken_back_or_is_ours_is_not_told() -> None:
    ours = event("2026-11-01T00:00:00+00:00", "info_received.created", None, source="merchant")
    wrong = event("2026-11-12T00:00:00+08:00", "delivered", retracted_by="f00")
    found = shaped(track(ours, ROAD[0], wrong, sub="picked_up"))["track_info"]

    assert [len(one["events"]) for one in found["tracking"]["providers"]] == [1]
    assert [one["key_stage"] for one in found["milestone"] if one["time_iso"]] == ["PickedUp"]
    assert item(Asked.of(watch(), "v2.4"), track(ours), crosswalk(), NOW_US) is None


def test_days_are_counted() -> None:
    done = (*ROAD, event("2026-11-18T16:00:00-05:00", "delivered", carrier="usps"))
    moving = shaped(track(*ROAD))["track_info"]["time_metrics"]
    ended = shaped(track(*done))["track_info"]["time_metrics"]

    assert [moving[name] for name in ("days_after_order", "days_of_transit")] == [10, 10]
    assert (moving["days_of_transit_done"], moving["days_after_last_update"]) == (0, 1)
    assert (ended["days_of_transit"], ended["days_of_transit_done"]) == (8, 8)


@pytest.mark.parametrize(
    ("source", "said"), [("carrier_promise", "Official"), ("lane_quantiles", "17TRACK")]
)
def test_who_expects_the_parcel(source: str, said: str) -> None:
    arrival = Arrival(
        earliest=None, latest="2026-11-22T18:00:00-05:00", probability=None, source=source,
        date_only=False, zone=None, stated_at=None,
    )  # fmt: skip
    found = shaped(track(*ROAD, promise=arrival))["track_info"]["time_metrics"]
    when = "2026-11-22T18:00:00-05:00"

    assert found["estimated_delivery_date"] == {"source": said, "from": when, "to": when}


def test_a_road_that_was_given_up_has_expired() -> None:
    quiet = shaped(track(*ROAD), stop_track_reason="Expired")["track_info"]
    done = shaped(track(event("2026-09-01T00:00:00Z", "delivered")), stop_track_reason="Expired")

    assert quiet["latest_status"]["sub_status"] == "Expired_Other"
    assert done["track_info"]["latest_status"]["status"] == "Delivered"


def test_the_client_finds_the_key_that_it_registered_with() -> None:
    road = track(event("2026-11-10T09:00:00+08:00", "picked_up", carrier="sf"))
    asked = Asked(number="SF100200300", carrier=100012)
    found = item(asked, road, crosswalk(), NOW_US)

    assert found is not None
    assert found["track_info"]["tracking"]["providers"][0]["provider"]["key"] == 100012
