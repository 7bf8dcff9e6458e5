"""Documents in XML: what is read again is the same event."""

from __future__ import annotations

from typing import Any

import pytest
from epcis_events import HUB, PARCEL

from milepost.epcis.documents import read, read_value
from milepost.epcis.hashing import event_hash
from milepost.epcis.xmlwriting import NotWritableError, xml_of

CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"ext1": "https://ns.example.org/a/", "ext2": "https://ns.example.org/b#"},
]


def document(*events: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": CONTEXT, "type": "EPCISQueryDocument", "schemaVersion": "2.0",
        "creationDate": "2026-05-02T12:00:00Z", "epcisBody": {"queryResults": {
            "queryName": "a & b", "resultsBody": {"eventList": list(events)}}},
    }  # fmt: skip


def event(**given: Any) -> dict[str, Any]:
    found = {
        "type": "ObjectEvent", "eventTime": "2026-05-02T10:00:00+08:00",
        "eventTimeZoneOffset": "+08:00", "epcList": [PARCEL], "action": "OBSERVE", **given,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize(
    "given",
    [
        {"bizStep": "arriving", "disposition": "cbv:Disp-in_transit",
         "readPoint": {"id": HUB, "ext1:gate": ["A", "B <7>"]}},
        {"action": "ADD", "ilmd": {"cbvmda:lotNumber": "L&1", "ext1:deep": {"ext2:a": [1, 2.5]}}},
        {"ext1:list": [{"ext1:a": True}, {"ext1:a": False}], "ext2:text": "two\\nlines",
         "ext1:plain": {"inner": "without namespace"}},
        {"eventID": "urn:uuid:1", "certificationInfo": ["urn:x-example:1", "urn:x-example:2"],
         "errorDeclaration": {"declarationTime": "2026-05-03T00:00:00Z",
                              "reason": "incorrect_data", "correctiveEventIDs": ["urn:uuid:2"],
                              "ext1:who": "nobody"}},
        {"persistentDisposition": {"set": ["damaged"], "unset": ["completeness_verified"]},
         "bizTransactionList": [{"type": "po", "bizTransaction": "https://example.org/1?a=1&b=2"},
                                {"bizTransaction": "urn:x-example:2"}],
         "sourceList": [{"type": "possessing_party", "source": "urn:epc:id:pgln:6901234.00001"}]},
        {"epcList": None, "quantityList": [
            {"epcClass": "urn:epc:class:lgtin:6901234.012345.L1", "quantity": 2.5, "uom": "KGM"}]},
        {"sensorElementList": [{
            "sensorMetadata": {"time": "2026-05-02T01:00:00Z", "ext1:probe": "7"},
            "sensorReport": [
                {"type": "Temperature", "value": 4.5, "uom": "CEL", "exception": "ALARM_CONDITION"},
                {"type": "ext1:door", "booleanValue": True}],
            "ext1:more": [1, {"ext1:b": 2}]}]},
        {"@context": [{"other": "https://ns.example.org/c/"}], "other:a": "b"},
        {"type": "AggregationEvent", "epcList": None, "action": "ADD", "parentID": PARCEL,
         "childEPCs": ["urn:epc:id:sgtin:6901234.012345.1"]},
        {"type": "TransformationEvent", "epcList": None, "action": None, "inputEPCList": [PARCEL],
         "outputEPCList": ["urn:epc:id:sgtin:6901234.012345.1"]},
    ],
)  # fmt: skip
def test_what_is_read_again_is_the_same(given: dict[str, Any]) -> None:
    told = read_value(document(event(**given)))
    assert told.valid, told.issues
    again = read(xml_of(document(event(**given))))

    assert again.valid, again.issues
    ((_, first),), ((_, second),) = told.events, again.events
    assert event_hash(second, again.prefixes) == event_hash(first, told.prefixes)


def test_fields_stand_in_the_schemas_order() -> None:
    body = xml_of(document(event(readPoint={"id": HUB}, bizStep="arriving"))).decode()
    places = [body.index(f"<{name}>") for name in
              ("eventTime", "eventTimeZoneOffset", "epcList", "action", "bizStep")]  # fmt: skip

    assert places == sorted(places)
    assert "<queryName>a &amp; b</queryName>" in body
    assert "<bizStep>https://ref.gs1.org/cbv/BizStep-arriving</bizStep>" in body


def test_what_xml_cannot_hold_is_left_out_of_texts() -> None:
    again = read(xml_of(document(event(**{"ext1:a": "bell\x07"}))))

    assert again.events[0][1]["ext1:a"] == "bell\ufffd"


@pytest.mark.parametrize(
    "given",
    [
        {"type": "https://ns.example.org/a/Weighing"},
        {"ext1:1a": "no name"},
        {"ext1:x><script": "no name"},
        {"sensorElementList": [{"sensorReport": [
            {"type": "Temperature", "value": 1, "uom": "CEL", "ext1:deep": {"ext1:a": 1}}]}]},
    ],
)  # fmt: skip
def test_what_xml_has_no_form_for(given: dict[str, Any]) -> None:
    with pytest.raises(NotWritableError):
        xml_of(document(event(**given)))
