from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where, build_place
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.place import Place
from milepost.domain.scan import Facts, LinkedNumber, ParseContext, Parsed

CONTEXT = ParseContext(received_at=datetime(2026, 3, 1, tzinfo=UTC))
WIRE = Wire(
    carrier="acme",
    shipments=("parcels",),
    number=("no", "other"),
    events=("scans",),
    date="day",
    clock="hour",
    zone=("zone",),
    code=("code",),
    text=("says",),
    place=Where(city=("city",), country=("land",)),
    faults=(Fault(rows="errors", text=("why",), code=("id",)),),
    shipment_faults=(Fault(rows="error", text=()),),
    latest=("due",),
    facts=FactPaths(service=("kind",), weight="kg", weight_unit="kg", links=("no", "other")),
)
AGGREGATOR = Wire(
    carrier="gather",
    carriers={"acme post": "acme"},
    carrier_of=("by",),
    shipments=("",),
    number=("no",),
    events=("scans",),
    time=("at",),
    code=("code",),
)


def read(data: Any, wire: Wire = WIRE) -> Parsed:
    return read_payload(json.dumps(data).encode(), CONTEXT, wire.walk)


def scan(day: str = "2026-02-02", hour: str = "08:15", **more: Any) -> dict[str, Any]:
    return {"day": day, "hour": hour, "code": "X1", "says": "Somewhere", **more}


def test_reads_events_with_the_zone_that_stands_beside() -> None:
    row = scan(zone="Europe/Berlin", city="Lindenau", land="DEU")
    parsed = read({"parcels": [{"no": "A", "scans": [row]}]})

    (found,) = parsed.scans
    assert found.occurred_at.isoformat() == "2026-02-02T08:15:00+01:00"
    assert (found.carrier, found.code, found.code_set) == ("acme", "X1", "acme")
    assert found.place == Place(city="Lindenau", country="DE")


def test_a_time_without_zone_stays_naive_and_a_day_a_day() -> None:
    parsed = read({"parcels": {"no": "A", "scans": [scan(), scan(hour="")]}})

    assert [found.occurred_at.tzinfo for found in parsed.scans] == [None, None]
    assert [found.date_only for found in parsed.scans] == [False, True]


def test_what_is_broken_is_named_and_the_rest_kept() -> None:
    rows = [scan(), scan(day="soon"), "junk", scan(hour="25:99"), scan(hour="09:00")]
    parsed = read({"parcels": [None, {"scans": []}, {"no": "A", "scans": rows}]})

    assert [found.occurred_at.hour for found in parsed.scans] == [8, 9]
    assert [piece.where for piece in parsed.unread] == [
        "parcels[0]",
        "parcels[1]",
        "A: scans[1]",
        "A: scans[2]",
        "A: scans[3]",
    ]


def test_a_scan_list_of_the_wrong_type_is_reported() -> None:
    parsed = read({"parcels": [{"no": "A", "scans": "none today"}]})

    assert [piece.reason for piece in parsed.unread] == ["scans is neither a list nor an object"]


def test_errors_of_the_answer_and_of_a_shipment() -> None:
    parsed = read(
        {"errors": [{"id": 4, "why": "no\n  quota"}, "bare"], "parcels": [{"error": "not found"}]}
    )

    assert parsed.errors == ("4: no quota", "bare", "not found")
    assert not parsed.unread


def test_facts_and_promise() -> None:
    parsed = read(
        {
            "parcels": [
                {
                    "no": "A",
                    "other": "B",
                    "kind": "fast",
                    "kg": "1.5",
                    "due": "2026-02-05",
                    "scans": [scan(), scan(day="2026-02-03")],
                }
            ]
        }
    )

    linked = (LinkedNumber(number="B"),)
    assert parsed.facts == (
        Facts(number="A", carrier="acme", service="fast", weight_g=1500, linked=linked),
    )
    said = parsed.scans[-1]
    assert (said.code, said.code_set) == ("promise", None)
    assert said.occurred_at == datetime(2026, 2, 3, 8, 15)  # noqa: DTZ001
    assert said.estimated_to == datetime(2026, 2, 5, 23, 59, 59)  # noqa: DTZ001


def test_a_promise_without_scans_was_made_when_we_were_told() -> None:
    parsed = read({"parcels": [{"no": "A", "due": "2026-02-05T12:00:00Z"}]})

    assert [said.occurred_at for said in parsed.scans] == [CONTEXT.received_at]


def test_an_aggregator_names_the_carrier_of_each_scan() -> None:
    rows = [
        {"at": "2026-02-02T08:00:00Z", "code": "a"},
        {"at": "2026-02-02T09:00:00Z", "code": "b", "by": "Unheard Of"},
    ]
    parsed = read([{"no": "A", "by": "ACME Post", "scans": rows}], AGGREGATOR)

    assert [found.carrier for found in parsed.scans] == ["acme", None]
    assert {found.code_set for found in parsed.scans} == {"gather"}


def test_line_breaks_of_pretty_printing_are_not_part_of_a_sentence() -> None:
    parsed = read({"parcels": [{"no": "A", "scans": [scan(says="Left\n      the hub")]}]})

    assert parsed.scans[0].text == "Left the hub"


def test_a_place_of_nothing_is_none() -> None:
    assert build_place(name=" ", country="Nowhere", point=("0", "0")) is None
    assert build_place(point=("44.1", "-120.2")) == Place(latitude=44.1, longitude=-120.2)
