"""What single carriers do otherwise than the rest."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from milepost.carriers import registry
from milepost.domain.scan import ParseContext, Parsed

CONNECTORS = [
    "allied-express amazon aramex asendia australia-post boxknight bpost canada-post canpar",
    "chronopost dhl dhl-express dhl-parcel-de dhl-poland dicom dpd easypost easyship eshipper",
    "fedex geodis gls hay-post hermes la-poste landmark locate2u nationex parcelone postnord",
    "purolator roadie royal-mail seko sendle shipengine smartkargo spring teleship tnt ups usps",
    "veho zoom2u",
]
SLUGS = " ".join(CONNECTORS).split()


def read(slug: str, payload: Any, number: str | None = None) -> Parsed:
    parse = registry.parser(slug)
    assert parse is not None
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return parse(body, ParseContext(received_at=datetime(2026, 3, 1, tzinfo=UTC), number=number))


@pytest.mark.parametrize("slug", SLUGS)
def test_returns_and_handovers_are_never_delivered(slug: str) -> None:
    traps = ("sender", "return", "country", "partner", "parcelshop", "agent")
    for key, code in registry.codes(slug).items():
        if code.sub == "delivered" or code.sub.startswith("delivered.proxy"):
            assert not any(trap in f"{key} {code.text}".lower() for trap in traps), key


@pytest.mark.parametrize("slug", SLUGS)
def test_every_code_says_in_words_what_it_means(slug: str) -> None:
    assert all(code.text for code in registry.codes(slug).values())


def fedex(date: str) -> dict[str, Any]:
    event = {"date": date, "eventType": "PU", "eventDescription": "Picked up"}
    result = {"trackingNumberInfo": {"trackingNumber": "770044001122"}, "scanEvents": [event]}
    return {"output": {"completeTrackResults": [{"trackResults": [result]}]}}


@pytest.mark.parametrize(
    ("date", "date_only"),
    [
        ("2026-02-02T00:00:00", True),
        ("2026-02-02T00:00:00-08:00", False),
        ("2026-02-02T10:00:00", False),
    ],
)
def test_fedex_writes_a_day_as_bare_midnight(date: str, date_only: bool) -> None:
    (scan,) = read("fedex", fedex(date)).scans

    assert scan.date_only is date_only


def test_fedex_tells_the_reason_of_an_exception() -> None:
    answer = fedex("2026-02-02T10:00:00-08:00")
    event = answer["output"]["completeTrackResults"][0]["trackResults"][0]["scanEvents"][0]
    event |= {"eventDescription": "Delivery exception", "exceptionDescription": "Refused"}

    assert read("fedex", answer).scans[0].text == "Delivery exception: Refused"


def ups(**activity: Any) -> dict[str, Any]:
    row = {"status": {"type": "I", "code": "", "description": "Arrived"}, **activity}
    package = {"trackingNumber": "1Z9990440300112233", "activity": [row]}
    return {"trackResponse": {"shipment": [{"package": [package]}]}}


@pytest.mark.parametrize(
    ("activity", "expected"),
    [
        ({"date": "20260202", "time": "091500", "gmtOffset": "-08:00"}, "09:15:00-08:00"),
        (
            {"date": "20260202", "time": "091500", "gmtDate": "20260202", "gmtTime": "17:15:00"},
            "09:15:00-08:00",
        ),
        ({"date": "20260202", "time": "091500"}, "09:15:00"),
        (
            {"gmtDate": "20260202", "gmtTime": "171500", "gmtOffset": "-08:00"},
            "09:15:00-08:00",
        ),
    ],
)
def test_ups_gives_the_offset_in_several_ways(activity: dict[str, str], expected: str) -> None:
    (scan,) = read("ups", ups(**activity)).scans

    assert scan.occurred_at.isoformat() == f"2026-02-02T{expected}"
    assert scan.code == "I"


@pytest.mark.parametrize(
    ("text", "sub"),
    [("Delivered, Front Door/Porch", "delivered"), ("Delivered, To Original Sender", "returned")],
)
def test_usps_delivers_to_the_sender_under_the_same_code(text: str, sub: str) -> None:
    event = {"eventType": text, "eventCode": "01", "eventTimestamp": "2026-02-06T13:58:00"}
    (scan,) = read("usps", {"trackingNumber": "94001", "trackingEvents": [event]}).scans

    assert registry.codes("usps")[scan.code or ""].sub == sub


def test_usps_reads_a_list_of_mailpieces() -> None:
    event = {"eventType": "x", "eventCode": "10", "eventTimestamp": "2026-02-06T13:58:00"}
    pieces = [{"trackingNumber": n, "trackingEvents": [event]} for n in ("A", "B")]

    assert [scan.number for scan in read("usps", pieces).scans] == ["A", "B"]


@pytest.mark.parametrize(
    ("code", "text", "sub"),
    [
        ("0174", "Item out for delivery", "out_for_delivery"),
        ("174", "Item out for delivery", "out_for_delivery"),
        ("0174", "Returned item is out for delivery to the sender", "returning"),
        ("1496", "Item successfully delivered", "delivered"),
        ("1496", "L'article a été renvoyé à l'expéditeur.", "returned"),
    ],
)
def test_canada_post_uses_codes_for_both_ways(code: str, text: str, sub: str) -> None:
    payload = f"""<tracking-detail><pin>74</pin><significant-events><occurrence>
      <event-identifier>{code}</event-identifier><event-date>2026-02-06</event-date>
      <event-time>13:58:00</event-time><event-description>{text}</event-description>
    </occurrence></significant-events></tracking-detail>"""
    (scan,) = read("canada-post", payload.encode()).scans

    assert registry.codes("canada-post")[scan.code or ""].sub == sub


def test_a_parcel_shop_of_dpd_still_ahead_is_no_event() -> None:
    steps = [
        {"status": "Courier", "statusHasBeenReached": True, "date": "02.02.2026, 08:15"},
        {"status": "Delivered", "statusHasBeenReached": False},
    ]
    answer = {"parcellifecycleResponse": {"parcelLifeCycleData": {"statusInfo": steps}}}

    assert [scan.code for scan in read("dpd", answer, "05404").scans] == ["Courier"]


def test_royal_mail_is_asked_by_either_of_its_numbers() -> None:
    piece = {"mailPieceId": "0B04", "summary": {"oneDBarcode": "FQ440011225GB"}}
    event = {"eventCode": "EVGPD", "eventDateTime": "2026-02-04T07:35:00+00:00"}
    answer = {"mailPieces": {**piece, "events": [event]}}

    assert read("royal-mail", answer).scans[0].number == "0B04"
    assert read("royal-mail", answer, "fq440011225gb").scans[0].number == "fq440011225gb"


def test_boxknight_does_not_backdate_a_status() -> None:
    order = {"id": "o-1", "createdAt": "2026-02-05T12:00:00.000Z"}
    fresh = read("boxknight", {**order, "orderStatus": "CREATED"}).scans[0]
    later = read("boxknight", {**order, "orderStatus": "DELIVERY_COMPLETED"}).scans[0]

    assert fresh.occurred_at == datetime(2026, 2, 5, 12, tzinfo=UTC)
    assert later.occurred_at == datetime(2026, 3, 1, tzinfo=UTC)
