from __future__ import annotations

import base64
import json
from importlib.resources import files
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from milepost.compat import easypost
from milepost.compat.core import Change, Watch
from milepost.compat.core.crosswalk import crosswalk
from milepost.compat.easypost import answering, carriers, ids, mock, push, shape, sign
from milepost.domain.status import STATUSES, main_of
from milepost.domain.track import StatusView, Track

FIXTURES = files("milepost.compat.easypost") / "fixtures"
MADE_US = 1_780_500_000_000_000


@pytest.fixture
def track() -> Track:
    return msgspec.json.decode((FIXTURES / "road.json").read_bytes(), type=Track)


def watch(**more: Any) -> Watch:
    given: dict[str, Any] = {
        "tenant": 1,
        "dialect": "easypost",
        "number": "9400188877776666555544",
        "id": 27,
        "carrier_code": "USPS",
        "carrier": "usps",
        "created_us": MADE_US,
        "updated_us": MADE_US,
        "account": "EZAKx",
        "options": {"base_url": "https://track.example"},
    }
    return Watch(**(given | more))


@pytest.mark.parametrize("sub", STATUSES)
def test_every_status_comes_back_with_its_main(sub: str) -> None:
    assert sub in shape.TABLE.forward
    assert main_of(shape.TABLE.back[shape.TABLE.code(sub)]) == main_of(sub)


def test_signature() -> None:
    # openssl dgst -sha256 -mac HMAC -macopt hexkey:(NFKD of the secret)
    found = sign.of_body(b'{"description":"tracker.updated"}', "s\u00e9cret")

    assert found == (
        "hmac-sha256-hex=562be7a716cb4c03373fe99c34ee0da0f3fd9184950e5f060f6309cd8398fd19"
    )


def test_tracker(track: Track) -> None:
    expected = json.loads((FIXTURES / "tracker.expected.json").read_text("utf-8"))

    found = shape.tracker(watch(), track, crosswalk(), "https://track.example")

    assert found == expected


def test_a_number_of_which_nothing_is_known() -> None:
    found = shape.tracker(watch(carrier_code=None), None, crosswalk(), "https://track.example")

    assert (found["status"], found["status_detail"]) == ("unknown", "unknown")
    assert found["carrier"] == "USPS"
    assert found["tracking_details"] == []
    assert found["est_delivery_date"] is None


def test_no_z_on_a_time_without_a_zone(track: Track) -> None:
    times = [one["datetime"] for one in shape.details(track, "USPS")]

    assert times == ["2026-06-03T03:05:00Z", "2026-06-04T09:00:00", "2026-06-04T19:15:00Z"]


def test_ids() -> None:
    assert ids.number_of("trk", ids.id_of("trk", 27)) == 27
    for wrong in ("trk_1", "hook_" + "0" * 32, "trk_" + "z" * 32, "trk_" + "f" * 32, ""):
        assert ids.number_of("trk", wrong) is None


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Bearer EZAK1", "EZAK1"),
        ("Basic " + base64.b64encode(b"EZAK1:").decode(), "EZAK1"),
        ("Basic !!", ""),
        ("Digest x", ""),
        ("", ""),
    ],
)
def test_key_of_the_header(header: str, key: str) -> None:
    assert answering.key_of(header) == key


def test_carriers() -> None:
    assert carriers.slug_of(crosswalk(), "usps") == "usps"
    assert carriers.slug_of(crosswalk(), "DHLExpress") == "dhl-express"
    assert carriers.slug_of(crosswalk(), "yto") == "yto"
    assert carriers.slug_of(crosswalk(), "no such carrier") is None
    assert carriers.code_of(crosswalk(), "fedex") == "FedEx"
    assert all(crosswalk().row(slug) for slug in carriers.CARRIERS.values())


def test_event(track: Track) -> None:
    change = Change(
        topic="shipment.event_added",
        payload={"previous": {"main": "in_transit", "sub": "in_transit.arrived_hub"}},
        message="m1",
        created_us=MADE_US + 86_400_000_000,
    )
    hook = {"custom_headers": [{"name": "X-Shop", "value": "7"}, {"name": "HOST", "value": "no"}]}
    one = watch(callback="https://shop.example/ep", secret="s\u00e9cret")
    one.options = one.options | {"hook": hook}

    out = push.Push().request(one, track, change, MADE_US)

    assert out is not None
    assert out.url == "https://shop.example/ep"
    assert out.headers["X-Hmac-Signature"] == sign.of_body(out.body, "s\u00e9cret")
    assert out.headers["X-Shop"] == "7"
    assert "HOST" not in out.headers
    event = json.loads(out.body)
    assert (event["object"], event["description"]) == ("Event", "tracker.updated")
    assert event["previous_attributes"] == {
        "status": "in_transit",
        "status_detail": "arrived_at_facility",
    }
    assert event["result"]["status"] == "delivered"
    again = push.Push().request(one, track, change, MADE_US + 5)
    assert again is not None
    assert json.loads(again.body)["id"] == event["id"]


def test_the_first_event_is_that_the_tracker_was_made(track: Track) -> None:
    made = Change(topic="watch.pushed", message="m", created_us=MADE_US + 1_000_000)
    asked = Change(topic="watch.pushed", message="m", created_us=MADE_US + 900_000_000)

    assert push.event(watch(), track, made)["description"] == "tracker.created"
    assert push.event(watch(), track, asked)["description"] == "tracker.updated"


def test_no_secret_no_signature_and_no_hook_no_request(track: Track) -> None:
    change = Change(topic="shipment.event_added")
    out = push.Push().request(watch(callback="https://shop.example"), track, change, MADE_US)

    assert out is not None
    assert "X-Hmac-Signature" not in out.headers
    assert push.Push().request(watch(), track, change, MADE_US) is None


def test_acknowledgement_and_end(track: Track) -> None:
    one = push.Push()

    assert [one.acknowledged(status, b"") for status in (200, 202, 301, 404, 500)] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert not one.ends(watch(), track)


def test_a_return_is_marked(track: Track) -> None:
    back = replace(
        track, status=StatusView(main="returned", sub="returned", since=None, because=[])
    )
    found = shape.tracker(watch(), back, crosswalk(), "")

    assert (found["status"], found["is_return"], found["finalized"]) == (
        "return_to_sender", True, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("EZ1000000001", "pre_transit"),
        ("EZ2000000002", "in_transit"),
        ("EZ3000000003", "out_for_delivery"),
        ("EZ4000000004", "delivered"),
        ("EZ5000000005", "return_to_sender"),
        ("EZ6000000006", "failure"),
        ("EZ7000000007", "unknown"),
    ],
)
def test_test_numbers(number: str, status: str) -> None:
    one = watch(number=number)
    made = mock.track(number, MADE_US)

    found = shape.tracker(one, made, crosswalk(), "")

    assert (found["status"], found["mode"]) == (status, "test")
    assert mock.track("EZ8000000008", MADE_US) is None


def test_credentials() -> None:
    public_id, fields = easypost.make_credentials()

    assert tuple(fields) == easypost.CREDENTIALS
    assert fields["api_key"] == public_id
    assert public_id.startswith("EZAK")
