"""What keeps the standard passes; what does not is named with its path."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from epcis_events import CAGE, HUB, PARCEL, document, faults, raw
from hypothesis import given
from hypothesis import strategies as st

from milepost.epcis.containers import changes_of
from milepost.epcis.documents import NotEpcisError, query_issues, read, read_value
from milepost.epcis.indexing import entry_of
from milepost.epcis.model import event_of
from milepost.epcis.scans import scans_of
from milepost.epcis.sensors import samples_of

LOT = "urn:epc:class:lgtin:6901234.012345.L1"
REPORT = {"type": "Temperature", "value": 4.5, "uom": "CEL"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"bizStep": "https://ref.gs1.org/cbv/BizStep-shipping", "disposition": "cbv:Disp-active"},
        {"bizStep": "https://example.org/steps/polishing"},
        {"epcList": [], "quantityList": [{"epcClass": LOT, "quantity": 2.5, "uom": "KGM"}]},
        {"epcList": None, "sensorElementList": [{"sensorReport": [REPORT]}],
         "readPoint": {"id": HUB}},
        {"action": "ADD", "ilmd": {"ext1:colour": "red", "cbvmda:lotNumber": "L1"}},
        {"type": "AggregationEvent", "epcList": None, "parentID": CAGE, "action": "DELETE"},
        {"type": "AggregationEvent", "epcList": None, "childEPCs": [PARCEL]},
        {"type": "TransactionEvent", "bizTransactionList": [{"bizTransaction": "urn:uuid:1"}]},
        {"type": "TransformationEvent", "epcList": None, "action": None,
         "transformationID": "urn:uuid:1", "inputEPCList": [PARCEL]},
        {"eventTime": "2026-05-02T02:00:00.123Z"},
        {"errorDeclaration": {"declarationTime": "2026-05-03T02:00:00Z", "ext1:by": "me"}},
    ],
)  # fmt: skip
def test_good_events(more: dict[str, Any]) -> None:
    assert faults(raw(**more)) == []


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"eventTime": None}, "eventTime"),
        ({"eventTime": "2026-05-02 10:00"}, "eventTime"),
        ({"eventTime": "2026-13-02T10:00:00Z"}, "eventTime"),
        ({"eventTime": "2026-05-02T10:00:00"}, "eventTime"),
        ({"eventTimeZoneOffset": "8"}, "eventTimeZoneOffset"),
        ({"eventTimeZoneOffset": "+15:00"}, "eventTimeZoneOffset"),
        ({"action": "MOVE"}, "action"),
        ({"type": "Moved"}, "type"),
        ({"bizStep": "shiping"}, "bizStep"),
        ({"bizStep": "https://ref.gs1.org/cbv/BizStep-shiping"}, "bizStep"),
        ({"bizStep": "https://ref.gs1.org/cbv/Disp-active"}, "bizStep"),
        ({"disposition": "urn:epcglobal:cbv:disp:lost"}, "disposition"),
        ({"epcList": "x"}, "epcList"),
        ({"epcList": [PARCEL, PARCEL]}, "epcList[1]"),
        ({"epcList": ["4711"]}, "epcList[0]"),
        ({"epcList": ["urn:epc:id:sscc:6901234.17"]}, "epcList[0]"),
        ({"epcList": None}, ""),
        ({"quantityList": [{"quantity": 1}]}, "quantityList[0].epcClass"),
        ({"quantityList": [{"epcClass": LOT, "quantity": "1"}]}, "quantityList[0].quantity"),
        ({"quantityList": [{"epcClass": LOT, "uom": "kilo"}]}, "quantityList[0].uom"),
        ({"readPoint": {}}, "readPoint.id"),
        ({"readPoint": {"id": "gate 7"}}, "readPoint.id"),
        ({"colour": "red"}, "colour"),
        ({"ilmd": {"ext1:a": "b"}}, "ilmd"),
        ({"bizTransactionList": [{"type": "letter", "bizTransaction": "urn:uuid:1"}]},
         "bizTransactionList[0].type"),
        ({"sourceList": [{"source": "urn:uuid:1"}]}, "sourceList[0].type"),
        ({"destinationList": [{"type": "location"}]}, "destinationList[0].destination"),
        ({"persistentDisposition": {}}, "persistentDisposition"),
        ({"persistentDisposition": {"set": ["lost"]}}, "persistentDisposition.set[0]"),
        ({"sensorElementList": [{}]}, "sensorElementList[0].sensorReport"),
        ({"sensorElementList": [{"sensorReport": [{"value": 1}]}]},
         "sensorElementList[0].sensorReport[0].type"),
        ({"sensorElementList": [{"sensorReport": [REPORT | {"hexBinaryValue": "xyz"}]}]},
         "sensorElementList[0].sensorReport[0].hexBinaryValue"),
        ({"sensorElementList": [{"sensorReport": [REPORT | {"mood": 1}]}]},
         "sensorElementList[0].sensorReport[0].mood"),
        ({"errorDeclaration": {"reason": "incorrect_data"}}, "errorDeclaration.declarationTime"),
        ({"errorDeclaration": {"declarationTime": "2026-05-03T02:00:00Z", "reason": "oops"}},
         "errorDeclaration.reason"),
        ({"type": "AggregationEvent", "epcList": None, "childEPCs": [PARCEL], "action": "ADD"},
         "parentID"),
        ({"type": "AssociationEvent", "epcList": None, "parentID": CAGE}, ""),
        ({"type": "TransactionEvent", "bizTransactionList": []}, "bizTransactionList"),
        ({"type": "TransformationEvent", "epcList": None, "action": None,
          "inputEPCList": [PARCEL]}, ""),
        ({"type": "TransformationEvent", "epcList": None, "transformationID": "urn:uuid:1",
          "inputEPCList": [PARCEL]}, "action"),
    ],
)  # fmt: skip
def test_bad_events(more: dict[str, Any], path: str) -> None:
    assert path in faults(raw(**more))


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"@context": None}, "@context"),
        ({"schemaVersion": None}, "schemaVersion"),
        ({"schemaVersion": "two"}, "schemaVersion"),
        ({"creationDate": "today"}, "creationDate"),
        ({"epcisBody": {}}, "epcisBody.eventList"),
        ({"note": "x"}, "note"),
    ],
)
def test_what_is_around_events(more: dict[str, Any], path: str) -> None:
    given_document = {**document(raw()), **more}
    found = read_value({key: value for key, value in given_document.items() if value is not None})

    assert [one.path for one in found.faults_of("")] == [path]


def test_a_check_digit_is_a_warning_and_names_the_right_one() -> None:
    found = read_value(document(raw(epcList=["https://id.gs1.org/00/069012340000000178"])))

    assert found.valid
    assert "wrong check digit: 8 for 7" in found.issues[0].message


def test_an_offset_that_is_another_is_a_warning() -> None:
    found = read_value(document(raw(eventTimeZoneOffset="+09:00")))

    assert found.valid
    assert found.issues[0].path.endswith("eventTimeZoneOffset")


def test_bare_events_and_lists_of_them() -> None:
    one = read(msgspec.json.encode(raw()))
    two = read(msgspec.json.encode([raw(), raw(action="MOVE")]))

    assert (one.kind, one.valid) == ("event", True)
    assert (two.kind, two.valid, two.issues[0].path) == ("events", False, "[1].action")
    assert two.faults_of("[0]") == []


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"EQ_colour": ["x"]}, "EQ_colour"),
        ({"GE_eventTime": "now"}, "GE_eventTime"),
        ({"EQ_bizStep": ["shiping"]}, "EQ_bizStep[0]"),
        ({"MATCH_epc": ["4711"]}, "MATCH_epc[0]"),
        ({"orderBy": "colour"}, "orderBy"),
        ({"maxEventCount": 3, "eventCountLimit": 3, "orderBy": "eventTime"}, "maxEventCount"),
        ({"perPage": 0}, "perPage"),
        ({"eventType": ["Moved"]}, "eventType[0]"),
    ],
)
def test_bad_queries(query: dict[str, Any], path: str) -> None:
    assert [one.path for one in query_issues(query)] == [path]


@pytest.mark.parametrize("body", [b"", b"{", b"<a", b"\xff\xfe", b"[" * 100_000, b"<x/>"])
def test_bytes_that_are_no_document(body: bytes) -> None:
    with pytest.raises(NotEpcisError):
        read(body)


def test_an_event_type_of_somebodys_own() -> None:
    assert faults(raw(type="ext1:Weighed", **{"ext1:scale": "S1"})) == []
    assert faults(raw(type="ext1:Weighed", epcList=5)) == ["epcList"]


@pytest.mark.parametrize("value", ["a\x00b", ["\ud800"], {"ext1:x": float("inf")}])
def test_what_cannot_be_stored_is_an_error(value: Any) -> None:
    assert faults(raw(**{"ext1:a": value})) == [""]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
fields = st.sampled_from(
    ["epcList", "quantityList", "readPoint", "bizTransactionList", "sensorElementList", "ilmd",
     "persistentDisposition", "errorDeclaration", "certificationInfo", "@context", "eventTime",
     "bizStep", "type", "parentID", "sourceList"]
)  # fmt: skip


near = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["ObjectEvent", "AggregationEvent", "TransactionEvent",
                                 "TransformationEvent", "AssociationEvent", "ext1:Own"]),
        "epcList": st.lists(st.sampled_from([PARCEL, CAGE, HUB, "urn:uuid:1"]), unique=True),
        "parentID": st.sampled_from([PARCEL, CAGE, "urn:uuid:1"]),
        "childEPCs": st.lists(st.sampled_from([PARCEL, CAGE]), max_size=2),
        "action": st.sampled_from(["ADD", "OBSERVE", "DELETE"]),
        "eventTime": st.datetimes().map(lambda at: at.isoformat() + "Z"),
        "sensorElementList": st.lists(st.builds(lambda value: {"sensorReport": [
            {"type": "Temperature", "value": value, "uom": "CEL"}]},
            st.floats() | st.integers()), max_size=2),
        "bizTransactionList": st.just([{"type": "bol", "bizTransaction": "urn:x:Z99"}]),
        "milepost:trackingNumber": json_values,
        "milepost:status": json_values,
        "readPoint": st.just({"id": "geo:1,2", "milepost:city": "x"}),
    },
)  # fmt: skip


@given(near | st.dictionaries(fields, json_values, max_size=4))
def test_whatever_comes_is_judged(more: dict[str, Any]) -> None:
    found = read_value(document({**raw(), **more}))

    for path, event in found.events:
        if not found.faults_of(path):
            entry = entry_of(event, found.prefixes)
            read_again = event_of(entry.body)
            if read_again is not None:
                scans_of(read_again)
                samples_of(read_again)
                changes_of(read_again)


@given(json_values)
def test_any_json_is_judged(value: Any) -> None:
    assert read_value(value).valid in (True, False)


def test_what_published_documents_have_though_it_says_nothing() -> None:
    sensed = {"type": "epcis:SensorElement", "sensorReport": [{"type": "Temperature", "value": 4}]}

    assert faults(raw(sensorElementList=[sensed]), id="_:document1") == []
    assert faults(raw(sensorElementList=[sensed | {"type": "Truck"}])) == [
        "sensorElementList[0].type"
    ]
