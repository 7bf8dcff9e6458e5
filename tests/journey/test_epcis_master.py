"""Master data in the header of a document: taken, used, kept, asked for. All is made up."""

from __future__ import annotations

from typing import Any

import pytest

from journey.running import Caller, Running

pytest_plugins = ["pg"]
CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]
GATE, YARD = "urn:epc:id:sgln:6901234.00001.0", "urn:epc:id:sgln:6901234.00002.0"
LOCATION = "urn:epcglobal:epcis:vtype:BusinessLocation"
GATE_IS = {"cbvmda:name": "North Gate", "cbvmda:city": "Hangzhou", "cbvmda:countryCode": "CN",
           "cbvmda:latitude": "30.25", "cbvmda:longitude": "120.17", "ex:doors": "4"}  # fmt: skip


def element(identity: str, attributes: dict[str, Any], *children: str) -> dict[str, Any]:
    listed = [{"id": name, "attribute": value} for name, value in attributes.items()]
    return {"id": identity, "attributes": listed, "children": list(children)}


def event(serial: int, read_point: str | None = GATE, step: str = "arriving") -> dict[str, Any]:
    found = {"type": "ObjectEvent", "eventTime": f"2026-11-19T10:{serial:02}:00+08:00",
             "eventTimeZoneOffset": "+08:00", "action": "OBSERVE", "bizStep": step,
             "epcList": [f"urn:epc:id:sscc:6901234.00000000{serial:02}"]}  # fmt: skip
    return found | ({"readPoint": {"id": read_point}} if read_point else {})


def document(events: list[Any], header: Any = None) -> dict[str, Any]:
    found = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-20T00:00:00Z",
        "epcisBody": {"eventList": events},
    }
    return found | ({} if header is None else {"epcisHeader": header})


def header(*elements: dict[str, Any], kind: str = LOCATION) -> dict[str, Any]:
    return {"epcisMasterData": {
        "vocabularyList": [{"type": kind, "vocabularyElementList": list(elements)}]
    }}  # fmt: skip


XML = """<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0"
  creationDate="2026-11-20T00:00:00Z">
 <EPCISHeader><extension><EPCISMasterData><VocabularyList>
  <Vocabulary type="urn:epcglobal:epcis:vtype:ReadPoint"><VocabularyElementList>
   <VocabularyElement id="urn:epc:id:sgln:6901234.00003.0">
    <attribute id="urn:epcglobal:cbv:mda#name">South Ramp</attribute>
    <attribute id="urn:epcglobal:cbv:mda#latitude">31.5</attribute>
    <attribute id="urn:epcglobal:cbv:mda#longitude">121.5</attribute>
   </VocabularyElement>
  </VocabularyElementList></Vocabulary>
 </VocabularyList></EPCISMasterData></extension></EPCISHeader>
 <EPCISBody><EventList><ObjectEvent>
  <eventTime>2026-11-19T10:30:00+08:00</eventTime>
  <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
  <epcList><epc>urn:epc:id:sscc:6901234.0000000030</epc></epcList>
  <action>OBSERVE</action><bizStep>urn:epcglobal:cbv:bizstep:arriving</bizStep>
  <readPoint><id>urn:epc:id:sgln:6901234.00003.0</id></readPoint>
 </ObjectEvent></EventList></EPCISBody>
</epcis:EPCISDocument>"""


@pytest.fixture(scope="module")
def told(app: Running) -> Caller:
    """A tenant that has told of two places, then events at them in a document without any."""
    me = app.caller()
    master = header(element(GATE, GATE_IS), element(YARD, {"cbvmda:name": "Yard"}, GATE))
    for body in (document([event(1)], master), document([event(2), event(3, YARD)])):
        answer = me.post("/v1/epcis/capture", body)
        assert answer.status_code == 202, answer.text
    assert me.post("/v1/epcis/capture", XML.encode(), "application/xml").status_code == 202
    return me


def hits(me: Caller, **query: str) -> list[str]:
    answer = me.get("/v1/epcis/events", params=query)
    assert answer.status_code == 200, answer.text
    events = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return sorted(one["epcList"][0][-2:] for one in events)


def test_places_have_the_names_of_the_header_and_of_an_earlier_one(told: Caller) -> None:
    for number in ("069012340000000016", "069012340000000023"):
        (first,) = told.track(number)["events"]
        place = first["place"]
        assert (place["name"], place["city"], place["country"]) == ("North Gate", "Hangzhou", "CN")
        assert (place["latitude"], place["longitude"]) == (30.25, 120.17)
    by_xml = told.get(
        "/v1/epcis/events", params={"EQ_readPoint": "urn:epc:id:sgln:6901234.00003.0"}
    )
    assert by_xml.status_code == 200
    place = told.track("069012340000000306")["events"][0]["place"]
    assert (place["name"], place["latitude"]) == ("South Ramp", 31.5)


@pytest.mark.parametrize(
    ("query", "found"),
    [({"HASATTR_readPoint": "cbvmda:city"}, ["01", "02"]),
     ({"HASATTR_readPoint": "urn:epcglobal:cbv:mda#latitude"}, ["01", "02", "30"]),
     ({"HASATTR_readPoint": "https://ref.gs1.org/cbv/mda/name"}, ["01", "02", "03", "30"]),
     ({"HASATTR_readPoint": "ex:doors|ex:nothing"}, ["01", "02"]),
     ({"HASATTR_bizLocation": "cbvmda:name"}, []),
     ({"HASATTR_bizStep": "cbvmda:name"}, []),
     ({"HASATTR_ex:place": "cbvmda:name"}, []),
     ({"EQATTR_readPoint_cbvmda:name": "Yard|South Ramp"}, ["03", "30"]),
     ({"EQATTR_readPoint_urn:epcglobal:cbv:mda#countryCode": "CN"}, ["01", "02"]),
     ({"EQATTR_readPoint_ex:doors": "4"}, ["01", "02"]),
     ({"EQATTR_readPoint_ex:doors": "5"}, []),
     ({"WD_readPoint": YARD}, ["01", "02", "03"]),
     ({"EQ_readPoint": YARD}, ["03"])],
)  # fmt: skip
def test_events_by_what_is_known_of_their_place(
    told: Caller, query: dict[str, str], found: list[str]
) -> None:
    assert hits(told, **query) == found


def test_what_is_known_can_be_asked_for(app: Running, told: Caller) -> None:
    answer = told.get("/v1/epcis/masterData").json()
    assert [one["type"].rpartition(":")[2] for one in answer["vocabularyList"]] == [
        "BusinessLocation", "ReadPoint",
    ]  # fmt: skip
    link = "https://id.gs1.org/414/6901234000016"
    one = told.get("/v1/epcis/masterData", params={"id": link}).json()["vocabularyList"]
    if one:  # the link's check digit is the key's own
        assert one[0]["vocabularyElementList"][0]["id"] == GATE
    named = told.get("/v1/epcis/masterData", params={"id": GATE}).json()["vocabularyList"]
    assert named[0]["vocabularyElementList"][0]["attributes"][0] == {
        "id": "cbvmda:name", "attribute": "North Gate",
    }  # fmt: skip
    first = told.get("/v1/epcis/masterData", params={"perPage": "1"})
    assert 'rel="next"' in first.headers["link"]
    assert app.caller().get("/v1/epcis/masterData").json() == {"vocabularyList": []}


@pytest.mark.parametrize(
    "given",
    [7, [], {"epcisMasterData": 3}, {"epcisMasterData": {"vocabularyList": {}}},
     header(kind=LOCATION), {"epcisMasterData": {"vocabularyList": [5, {"type": 5}]}},
     header({"id": 5}, {"attributes": []}, {"id": GATE, "attributes": 5, "children": 7},
            {"id": YARD, "attributes": [3, {"id": "cbvmda:name"}, {"id": 5, "attribute": 5}]},
            element(GATE, {"cbvmda:latitude": "north", "cbvmda:longitude": "0"}),
            element(YARD, {"cbvmda:name": {"@value": "a", "@language": "en"}, "x": "a\x00b"}))],
)  # fmt: skip
def test_no_master_data_fail_a_document(app: Running, given: Any) -> None:
    me = app.caller()

    answer = me.post("/v1/epcis/capture", document([event(9, YARD)], given))

    assert answer.status_code == 202, answer.text
    assert len(hits(me)) == 1
