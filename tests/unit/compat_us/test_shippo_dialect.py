from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from milepost.compat import shippo
from milepost.compat.core import Change, Watch
from milepost.compat.core.crosswalk import crosswalk
from milepost.compat.shippo import carriers, mock, push, shape, sign, substatus
from milepost.domain.status import STATUSES, main_of
from milepost.domain.track import Arrival, StatusView, Track

FIXTURES = files("milepost.compat.shippo") / "fixtures"
ADDED = Change(topic="shipment.event_added")
NOW_US = 1_800_000_000_000_000


@pytest.fixture
def track() -> Track:
    return msgspec.json.decode((FIXTURES / "road.json").read_bytes(), type=Track)


def watch(**more: Any) -> Watch:
    given: dict[str, Any] = {
        "tenant": 1,
        "dialect": "shippo",
        "number": "9400188877776666555544",
        "carrier_code": "usps",
        "callback": "https://shop.example/shippo?token=7",
        "secret": "shippo_live_x",
        "options": {"metadata": "order 71", "hook": {"event": "track_updated"}},
    }
    return Watch(**(given | more))


@pytest.mark.parametrize("sub", STATUSES)
def test_every_status_comes_back_with_its_main(sub: str) -> None:
    table = substatus.TABLE

    assert sub in table.forward
    assert main_of(table.back[table.code(sub)]) == main_of(sub)


def test_only_shippos_six_statuses_and_each_substatus_has_a_text() -> None:
    codes = [code.partition("/") for code in substatus.TABLE.back]

    assert {status for status, _, _ in codes} == {
        "UNKNOWN", "PRE_TRANSIT", "TRANSIT", "DELIVERED", "RETURNED", "FAILURE",
    }  # fmt: skip
    assert {detail for _, _, detail in codes} == set(substatus.SUBSTATUSES)


def test_signature() -> None:
    # printf '1800000000.{"event":"track_updated"}' | openssl dgst -sha256 -hmac shippo_live_x
    found = sign.of_body(b'{"event":"track_updated"}', "shippo_live_x", 1_800_000_000)

    assert found == (
        "t=1800000000,v1=a596b556c8031c4598c2f13f3ce12cdb3408744d4dc53d08e6cff652df5b3382"
    )


def test_track(track: Track) -> None:
    expected = json.loads((FIXTURES / "track.expected.json").read_text("utf-8"))

    assert shape.track_object("usps", track.number, track, "order 71") == expected


def test_nothing_known_is_no_status_and_messages_is_never_null() -> None:
    found = shape.track_object("usps", "1", None)

    assert found["tracking_status"] is None
    assert found["tracking_history"] == []
    assert found["messages"] == []


def test_a_time_whose_zone_nobody_knows_is_in_a_field_of_its_own(track: Track) -> None:
    event = replace(track.events[0], occurred_at="2026-06-02T22:05:00")
    promise = Arrival(
        earliest=None, latest="2026-06-05", probability=None, source="carrier_promise",
        date_only=True, zone=None, stated_at=None,
    )  # fmt: skip
    found = shape.track_object("usps", "1", replace(track, events=[event], promise=promise))

    first = found["tracking_history"][0]
    assert (first["status_date"], first["status_date_local"]) == (None, "2026-06-02T22:05:00")
    assert (found["eta"], found["eta_local"]) == (None, "2026-06-05")


def test_the_status_is_of_the_whole_road_not_of_the_last_event(track: Track) -> None:
    late = replace(track.events[0], id="late", sub="in_transit.departed_facility")
    found = shape.track_object("usps", "1", replace(track, events=[*track.events, late]))

    assert found["tracking_status"]["status"] == "DELIVERED"
    assert found["tracking_history"][-1]["status"] == "TRANSIT"


@pytest.mark.parametrize(
    ("number", "status"),
    [(f"SHIPPO_{name}", name) for name in
     ("PRE_TRANSIT", "TRANSIT", "DELIVERED", "RETURNED", "FAILURE", "UNKNOWN")],
)  # fmt: skip
def test_mock_numbers(number: str, status: str) -> None:
    found = mock.track_object(number, NOW_US, "x")

    assert found is not None
    assert found["tracking_status"]["status"] == status
    assert found["test"] is True
    dates = [one["status_date"] for one in found["tracking_history"]]
    assert dates == sorted(dates)
    assert mock.track_object("SHIPPO_NOTHING", NOW_US, None) is None


def test_event(track: Track) -> None:
    out = push.Push().request(watch(), track, ADDED, NOW_US)

    assert out is not None
    assert out.headers["Shippo-Auth-Signature"] == sign.of_body(
        out.body, "shippo_live_x", 1_800_000_000
    )
    event = json.loads(out.body)
    assert (event["event"], event["test"]) == ("track_updated", False)
    assert event["data"]["tracking_status"]["status"] == "DELIVERED"
    assert event["data"]["metadata"] == "order 71"


@pytest.mark.parametrize("hook", [{"event": "transaction_created"}, {"is_test": True}])
def test_webhooks_for_other_things_hear_nothing(track: Track, hook: dict[str, Any]) -> None:
    assert push.Push().request(watch(options={"hook": hook}), track, ADDED, NOW_US) is None


def test_nothing_is_sent_of_nothing(track: Track) -> None:
    status = StatusView(main="unknown", sub="unknown", since=None, because=[])
    empty = replace(track, events=[], status=status)

    assert push.Push().request(watch(), empty, ADDED, NOW_US) is None
    assert push.Push().request(watch(callback=None), track, ADDED, NOW_US) is None


def test_acknowledgement_and_end(track: Track) -> None:
    one = push.Push()

    assert [one.acknowledged(status, b"") for status in (200, 204, 302, 500)] == [
        True, True, False, False,
    ]  # fmt: skip
    assert not one.ends(watch(), track)


def test_carriers() -> None:
    assert carriers.slug_of(crosswalk(), "dhl_express") == "dhl-express"
    assert carriers.slug_of(crosswalk(), "sf") == "sf"
    assert carriers.code_of(crosswalk(), "royal-mail") == "royal_mail"
    assert all(crosswalk().row(slug) for slug in carriers.CARRIERS.values())


def test_credentials() -> None:
    public_id, fields = shippo.make_credentials()

    assert tuple(fields) == shippo.CREDENTIALS
    assert fields["token"] == public_id
