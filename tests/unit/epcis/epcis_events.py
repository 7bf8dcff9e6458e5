"""Invented events for tests; company prefix 6901234 is nobody's here."""

from __future__ import annotations

from typing import Any

from milepost.epcis.contexts import EPCIS_CONTEXT
from milepost.epcis.documents import read_value
from milepost.epcis.model import Event, event_of

PARCEL = "urn:epc:id:sscc:6901234.0000000017"
PARCEL_NUMBER = "069012340000000177"
CAGE = "urn:epc:id:grai:6901234.12345.77"
SENSOR = "urn:epc:id:giai:6901234.S9"
HUB = "urn:epc:id:sgln:6901234.00001.0"
OWN = "urn:x-milepost:epcis:"


def raw(**more: Any) -> dict[str, Any]:
    """An event in its JSON form; None takes a field away."""
    found = {
        "type": "ObjectEvent", "eventTime": "2026-05-02T10:00:00+08:00",
        "eventTimeZoneOffset": "+08:00", "epcList": [PARCEL], "action": "OBSERVE", **more,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def document(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "@context": [EPCIS_CONTEXT, {"ext1": "https://ns.example.org/a/", "milepost": OWN}],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-05-02T12:00:00Z",
        "epcisBody": {"eventList": list(events)}, **more,
    }  # fmt: skip


def faults(*events: dict[str, Any], **more: Any) -> list[str]:
    """The paths of the errors, below the first event without its own path."""
    found = read_value(document(*events, **more))
    start = "epcisBody.eventList[0]"
    return [
        one.path.removeprefix(start).lstrip(".") for one in found.issues if one.level == "error"
    ]


def event(**more: Any) -> Event:
    """The struct of a valid event."""
    found = read_value(document(raw(**more)))
    assert found.valid, found.issues
    read = event_of(found.events[0][1], found.prefixes)
    assert read is not None
    return read


def aggregation(**more: Any) -> Event:
    given = {"type": "AggregationEvent", "epcList": None, "parentID": CAGE, "childEPCs": [PARCEL],
             "action": "ADD", **more}  # fmt: skip
    return event(**given)
