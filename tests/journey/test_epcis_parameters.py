"""Every parameter of the simple event query (EPCIS 2.0, 8.2.7.1) asked of a running server: each is
answered, and a value that cannot stand, or a name that is none, is refused as the standard says.
"""

from __future__ import annotations

from typing import Any

import pytest

from journey.running import Caller, Running
from milepost.epcis.query import EXACT

pytest_plugins = ["pg"]
CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
           {"ex": "https://example.com/ex/"}]  # fmt: skip
SSCC, BOX = "urn:epc:id:sscc:6901234.0000000017", "urn:epc:class:lgtin:6901234.012345.L1"
PLACE = "urn:epc:id:sgln:6901234.00001.0"
AT = "2026-11-19T10:00:00+08:00"
EVENT = {
    "type": "ObjectEvent", "eventTime": AT, "eventTimeZoneOffset": "+08:00", "action": "ADD",
    "bizStep": "inspecting", "disposition": "in_transit", "epcList": [SSCC],
    "persistentDisposition": {"set": ["completeness_verified"], "unset": ["damaged"]},
    "quantityList": [{"epcClass": BOX, "quantity": 20, "uom": "KGM"}],
    "readPoint": {"id": PLACE}, "bizLocation": {"id": PLACE},
    "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:690123400000:1"}],
    "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:6901234.00001"}],
    "destinationList": [{"type": "owning_party", "destination": "urn:epc:id:pgln:6901234.00002"}],
    "sensorElementList": [{
        "sensorMetadata": {"time": AT, "startTime": AT, "endTime": AT, "deviceID": "urn:x-made:d:1",
                           "dataProcessingMethod": "https://example.com/m", "bizRules":
                           "https://example.com/r", "ex:batch": "b1"},
        "sensorReport": [
            {"type": "Temperature", "value": 4.5, "uom": "CEL", "minValue": 4, "maxValue": 5,
             "meanValue": 4.5, "sDev": 0.1, "percRank": 50, "percValue": 4.4, "ex:probe": "p1"},
            {"type": "Illuminance", "stringValue": "dim", "booleanValue": True,
             "hexBinaryValue": "F0F0", "uriValue": "https://example.com/v",
             "microorganism": "https://example.com/o", "chemicalSubstance": "https://example.com/c"},
        ], "ex:seal": "s1"}],
    "ilmd": {"ex:grade": 7, "ex:inner": {"ex:deep": 3}}, "ex:note": "n1", "ex:size": 12,
    "ex:outer": {"ex:within": "w1"},
}  # fmt: skip
FINDS: dict[str, Any] = {
    "eventType": "ObjectEvent", "GE_eventTime": AT, "LT_eventTime": "2026-11-20T00:00:00Z",
    "GE_recordTime": "2026-01-01T00:00:00Z", "LT_recordTime": "2030-01-01T00:00:00Z",
    "EQ_action": "ADD", "EQ_bizStep": "inspecting", "EQ_disposition": "in_transit",
    "EQ_persistentDisposition_set": "completeness_verified",
    "EQ_persistentDisposition_unset": "damaged", "EQ_readPoint": PLACE, "WD_readPoint": PLACE,
    "EQ_bizLocation": PLACE, "WD_bizLocation": PLACE, "MATCH_epc": SSCC, "MATCH_anyEPC": SSCC,
    "MATCH_epcClass": BOX, "MATCH_anyEPCClass": BOX, "EQ_quantity": "20", "GT_quantity": "19",
    "GE_quantity": "20", "LT_quantity": "21", "LE_quantity": "20",
    "EXISTS_sensorElementList": "true", "GE_time": AT, "LT_time": "2026-11-20T00:00:00Z",
    "GE_startTime": AT, "LT_startTime": "2026-11-20T00:00:00Z", "GE_endTime": AT,
    "LT_endTime": "2026-11-20T00:00:00Z", "EQ_type": "Temperature", "EQ_deviceID": "urn:x-made:d:1",
    "EQ_dataProcessingMethod": "https://example.com/m", "EQ_bizRules": "https://example.com/r",
    "EQ_microorganism": "https://example.com/o", "EQ_chemicalSubstance": "https://example.com/c",
    "EQ_stringValue": "dim", "EQ_booleanValue": "true", "EQ_hexBinaryValue": "F0F0",
    "EQ_uriValue": "https://example.com/v", "EQ_percRank": "50", "GE_percRank": "50",
    "LT_percRank": "51", "GT_percRank": "49", "LE_percRank": "50", "perPage": "5",
    "EQ_bizTransaction_po": "urn:epcglobal:cbv:bt:690123400000:1",
    "EQ_source_owning_party": "urn:epc:id:pgln:6901234.00001",
    "EQ_destination_owning_party": "urn:epc:id:pgln:6901234.00002",
    "EQ_ex:note": "n1", "EQ_ex:size": "12", "GT_ex:size": "11", "GE_ex:size": "12",
    "LT_ex:size": "13", "LE_ex:size": "12", "EXISTS_ex:note": "true", "EQ_INNER_ex:within": "w1",
    "EXISTS_INNER_ex:within": "true", "EQ_ILMD_ex:grade": "7", "GT_ILMD_ex:grade": "6",
    "EXISTS_ILMD_ex:grade": "true", "EQ_INNER_ILMD_ex:deep": "3", "GE_INNER_ILMD_ex:deep": "3",
    "EXISTS_INNER_ILMD_ex:deep": "true", "EQ_SENSORELEMENT_ex:seal": "s1",
    "EXISTS_SENSORELEMENT_ex:seal": "true", "EQ_SENSORMETADATA_ex:batch": "b1",
    "EQ_SENSORREPORT_ex:probe": "p1", "EXISTS_SENSORREPORT_ex:probe": "true",
    **{f"{test}_{name}_CEL": str(value + step)
       for name, value in (("value", 4.5), ("minValue", 4), ("maxValue", 5), ("meanValue", 4.5),
                           ("sDev", 0.1), ("percValue", 4.4))
       for test, step in (("EQ", 0), ("GE", 0), ("LE", 0), ("GT", -0.05), ("LT", 0.05))},
    "EQ_quantity_KGM": "20", "GT_quantity_KGM": "19", "LE_quantity_KGM": "20",
}  # fmt: skip
# What no ObjectEvent without error declaration can have: answered, with nothing.
NOTHING: dict[str, Any] = {
    "MATCH_parentID": SSCC, "MATCH_inputEPC": SSCC, "MATCH_outputEPC": SSCC,
    "MATCH_inputEPCClass": BOX, "MATCH_outputEPCClass": BOX, "EQ_transformationID": PLACE,
    "EQ_eventID": "urn:x-made:none", "EXISTS_errorDeclaration": "true",
    "GE_errorDeclaration_Time": AT, "LT_errorDeclaration_Time": AT,
    "GE_errorDeclarationTime": AT, "LT_errorDeclarationTime": AT,
    "EQ_errorReason": "incorrect_data", "EQ_correctiveEventID": "urn:x-made:none",
    "EQ_ERROR_DECLARATION_ex:why": "x", "EXISTS_ERROR_DECLARATION_ex:why": "true",
    "GT_INNER_ERROR_DECLARATION_ex:why": "1", "EQ_readPoint_ex:x": "1",
    "HASATTR_readPoint": "cbvmda:nothing", "HASATTR_bizLocation": "cbvmda:nothing",
    "HASATTR_bizStep": "ex:a", "HASATTR_disposition": "ex:a", "HASATTR_ex:note": "ex:a",
    "EQATTR_readPoint_cbvmda:city": "x", "EQATTR_bizLocation_ex:a": "x", "EQATTR_bizStep_ex:a": "x",
    "EQATTR_disposition_ex:a": "x", "EQATTR_ex:note_ex:a": "x",
}  # fmt: skip
PAGING = {
    "orderBy",
    "orderDirection",
    "eventCountLimit",
    "maxEventCount",
    "nextPageToken",
    "@context",
}
REFUSED = {
    "EQ_bizStep": "flying", "EQ_action": "LOOK", "GE_eventTime": "yesterday", "eventType": "x",
    "orderBy": "colour", "orderDirection": "UP", "eventCountLimit": "0", "GT_quantity": "many",
    "EQ_booleanValue": "perhaps", "MATCH_epc": "7", "MATCH_nothing": "x", "EQ_colour": "red",
    "GE_bizStep": "x", "HASATTR_epcList": "x", "EQATTR_readPoint": "x",
}  # fmt: skip


@pytest.fixture(scope="module")
def asked(app: Running) -> Caller:
    me = app.caller()
    document = {"@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
                "creationDate": AT, "epcisBody": {"eventList": [EVENT]}}  # fmt: skip
    answer = me.post("/v1/epcis/capture", document)
    assert answer.status_code == 202, answer.text
    return me


def found(me: Caller, query: dict[str, Any]) -> int | str:
    """How many events; what was said where it was refused."""
    answer = me.get("/v1/epcis/events", params=query)
    if answer.status_code != 200:
        return f"{answer.status_code} {answer.json()['type']}"
    return len(answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"])


def test_every_parameter_finds_what_it_asks_for(asked: Caller) -> None:
    wrong = {
        name: told for name, value in FINDS.items() if (told := found(asked, {name: value})) != 1
    }

    assert wrong == {}
    assert EXACT.keys() <= FINDS.keys() | NOTHING.keys() | PAGING


def test_every_other_parameter_is_answered(asked: Caller) -> None:
    wrong = {name: told for name, value in NOTHING.items() if (told := found(asked, {name: value}))}

    assert wrong == {}


def test_order_and_limits(asked: Caller) -> None:
    assert (
        found(asked, {"orderBy": "eventTime", "orderDirection": "ASC", "eventCountLimit": 1}) == 1
    )
    assert found(asked, {"orderBy": "ex:size", "maxEventCount": 5}) == 1


def test_what_cannot_stand_is_refused_with_the_standards_own_exception(asked: Caller) -> None:
    told = {name: found(asked, {name: value}) for name, value in REFUSED.items()}

    assert set(told.values()) == {"400 epcisException:QueryParameterException"}, told


SENSOR = "https://id.gs1.org/8004/4000001111"


@pytest.fixture(scope="module")
def sensed(asked: Caller) -> Caller:
    """The same, and an event of a sensor under another prefix for the namespace."""
    event = {
        "type": "ObjectEvent", "eventTime": AT, "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE", "epcList": ["urn:epc:id:sscc:6901234.0000000024"], "own:size": 30,
        "own:outer": {"own:within": "w2"},
        "sensorElementList": [{
            "sensorMetadata": {"deviceID": "urn:epc:id:giai:4000001.111"},
            "sensorReport": [{"type": "gs1:MT-Temperature", "value": 77.9, "uom": "FAH"}]}],
    }  # fmt: skip
    body = {
        "@context": [CONTEXT[0], {"own": "https://example.com/ex/"}], "type": "EPCISDocument",
        "schemaVersion": "2.0", "creationDate": AT, "epcisBody": {"eventList": [event]},
    }  # fmt: skip
    assert asked.post("/v1/epcis/capture", body).status_code == 202
    return asked


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"GE_value_CEL": 25.5, "LE_value_CEL": 25.5}, 1), ({"EQ_value_KEL": 298.65}, 1),
        ({"LT_value_CEL": 25}, 1), ({"GE_value_FAH": 40}, 2), ({"GE_value_KGM": 1}, 0),
        ({"EQ_type": "Temperature"}, 2), ({"EQ_type": "https://gs1.org/voc/MT-Temperature"}, 2),
        ({"EQ_deviceID": SENSOR}, 1), ({"EQ_hexBinaryValue": "f0f0"}, 1),
        ({"eventCountLimit": 1}, 1),
        ({"GE_https://example.com/ex/size": 12}, 2), ({"GE_https://example.com/ex/#size": 13}, 1),
        ({"EXISTS_INNER_https://example.com/ex/within": ""}, 2), ({"GE_own:size": 1}, 1),
        ({"EQ_https://example.com/other/size": 12}, 0),
    ],
)  # fmt: skip
def test_what_is_spelled_otherwise_is_found(
    sensed: Caller, query: dict[str, Any], count: int
) -> None:
    """Units, types, sensors and namespaces, each in another form than that of the event."""
    assert found(sensed, query) == count


def test_a_prefix_is_the_askers_own_where_its_namespace_is_told(sensed: Caller) -> None:
    def asked(header: str) -> int:
        answer = sensed.client.get(
            "/v1/epcis/events", params={"GE_mine:size": 1},
            headers=sensed.headers | {"GS1-Extensions": header},
        )  # fmt: skip
        return len(answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"])

    named = {"@context": [{"mine": "https://example.com/ex/"}], "GE_mine:size": 13}
    sensed.post("/v1/epcis/queries", {"name": "large", "query": named})

    assert asked("a=https://example.com/a/, mine=https://example.com/ex/") == 2
    assert asked("mine=https://example.com/other/") == 0
    listed = sensed.get("/v1/epcis/queries/large/events").json()
    (one,) = listed["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert one["own:size"] == 30
