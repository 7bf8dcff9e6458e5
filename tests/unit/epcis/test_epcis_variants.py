"""Spellings that the standard allows for one thing, and those that it does not. All values are
made up.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from epcis_events import HUB, PARCEL

from milepost.epcis.documents import NotEpcisError, read, read_value
from milepost.epcis.hashing import event_hash

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
OWN = {"ext1": "https://ns.example.org/a/"}


def event(**given: Any) -> dict[str, Any]:
    found = {
        "type": "ObjectEvent", "eventTime": "2026-05-02T10:00:00+08:00",
        "eventTimeZoneOffset": "+08:00", "epcList": [PARCEL], "action": "OBSERVE", **given,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def document(one: dict[str, Any], context: Any = (CONTEXT, OWN)) -> dict[str, Any]:
    return {
        "@context": list(context) if isinstance(context, tuple) else context,
        "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-05-02T12:00:00Z", "epcisBody": {"eventList": [one]},
    }  # fmt: skip


def errors(one: dict[str, Any], context: Any = (CONTEXT, OWN)) -> list[str]:
    found = read_value(document(one, context))
    return [issue.path for issue in found.issues if issue.level == "error"]


def hash_of(one: dict[str, Any], context: Any = (CONTEXT, OWN)) -> str:
    found = read_value(document(one, context))
    assert found.valid, found.issues
    return event_hash(found.events[0][1], found.prefixes, found.ignored)


@pytest.mark.parametrize(
    "spelled",
    [
        {"bizStep": "arriving"},
        {"bizStep": "cbv:BizStep-arriving"},
        {"bizStep": "https://ref.gs1.org/cbv/BizStep-arriving"},
        {"bizStep": "urn:epcglobal:cbv:bizstep:arriving"},
        {"bizStep": "arriving", "eventTime": "2026-05-02T02:00:00.000Z"},
        {"bizStep": "arriving", "epcList": ["https://id.gs1.org/00/069012340000000177"]},
        {"bizStep": "arriving", "epcList": ["https://shop.example.com/x/00/069012340000000177"]},
        {"bizStep": "arriving", "recordTime": "2026-06-01T00:00:00Z"},
    ],
)
def test_one_event_in_many_spellings(spelled: dict[str, Any]) -> None:
    assert hash_of(event(**spelled)) == hash_of(event(bizStep="arriving"))


@pytest.mark.parametrize(
    "context",
    [
        CONTEXT,
        [CONTEXT],
        [OWN, CONTEXT],
        "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
        ["https://gs1.github.io/EPCIS/epcis-context.jsonld", OWN],
    ],
)
def test_contexts(context: Any) -> None:
    assert errors(event(), context) == []


@pytest.mark.parametrize(
    "own",
    [
        {"ext1:a": "b"},
        {"@context": {"other": "https://ns.example.org/a/"}, "other:a": "b"},
        {"@context": [{"ext1": "https://ns.example.org/a/"}], "ext1:a": "b"},
    ],
)
def test_extensions_by_whatever_prefix(own: dict[str, Any]) -> None:
    assert hash_of(event(**own)) == hash_of(event(**{"ext1:a": "b"}))


@pytest.mark.parametrize(
    "given",
    [
        {"persistentDisposition": {"set": ["completeness_verified"],
                                   "unset": ["cbv:Disp-completeness_inferred"]}},
        {"certificationInfo": "https://example.org/certificates/1"},
        {"certificationInfo": ["https://example.org/certificates/1", "urn:x-example:2"]},
        {"eventTime": "2026-05-02T10:00:00.123456789-05:30", "eventTimeZoneOffset": "-05:30"},
        {"eventTimeZoneOffset": "+14:00"},
        {"epcList": None, "quantityList": [
            {"epcClass": "urn:epc:class:lgtin:6901234.012345.L1", "quantity": 2.5, "uom": "KGM"},
            {"epcClass": "https://id.gs1.org/01/06901234123453/10/L1"}]},
        {"sensorElementList": [{"sensorMetadata": {"startTime": "2026-05-02T01:00:00Z",
                                                   "endTime": "2026-05-02T02:00:00Z"},
                                "sensorReport": [
            {"type": "Temperature", "value": 4.5, "uom": "CEL", "exception": "ALARM_CONDITION"},
            {"type": "gs1:AbsoluteHumidity", "meanValue": 3, "uom": "A93"},
            {"type": "ext1:door", "booleanValue": True},
            {"type": "ext1:seal", "hexBinaryValue": "F0F0"},
            {"type": "ext1:note", "stringValue": "made up"}]}]},
        {"sourceList": [{"type": "possessing_party", "source": "urn:epc:id:pgln:6901234.00001"}],
         "destinationList": [{"type": "https://ref.gs1.org/cbv/SDT-owning_party",
                              "destination": "https://id.gs1.org/417/6901234000016"}]},
        {"type": "TransformationEvent", "epcList": None, "action": None,
         "inputEPCList": [PARCEL], "outputEPCList": ["urn:epc:id:sgtin:6901234.012345.1"]},
        {"type": "AggregationEvent", "epcList": None, "action": "DELETE", "parentID": PARCEL},
        {"type": "https://ns.example.org/a/Weighing"},
    ],
)  # fmt: skip
def test_what_the_standard_allows(given: dict[str, Any]) -> None:
    assert errors(event(**given)) == []


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"bizStep": "https://ref.gs1.org/cbv/BizStep-teleporting"}, "bizStep"),
        ({"disposition": "urn:epcglobal:cbv:disp:lost_in_space"}, "disposition"),
        ({"persistentDisposition": {}}, "persistentDisposition"),
        ({"eventTime": "2026-05-02T10:00:00"}, "eventTime"),
        ({"eventTimeZoneOffset": "Z"}, "eventTimeZoneOffset"),
        ({"certificationInfo": "no uri"}, "certificationInfo"),
        ({"type": "epcis:ObjectEvent"}, "type"),
        ({"type": "https://ref.gs1.org/epcis/ObjectEvent"}, "type"),
        ({"type": "Weighing"}, "type"),
        ({"withoutNamespace": 1}, "withoutNamespace"),
        ({"sensorElementList": [{"sensorReport": []}]}, "sensorElementList[0].sensorReport"),
    ],
)
def test_what_it_does_not(given: dict[str, Any], where: str) -> None:
    assert f"epcisBody.eventList[0].{where}" in errors(event(**given))


XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2"
 creationDate="2026-05-02T12:00:00Z"><EPCISHeader><extension><EPCISMasterData><VocabularyList>
<Vocabulary type="urn:epcglobal:epcis:vtype:Location"><VocabularyElementList>
<VocabularyElement id="{HUB}"><attribute id="urn:epcglobal:cbv:mda#name">Hub North</attribute>
<attribute id="urn:epcglobal:cbv:mda#city">Ulm</attribute>
<children><id>urn:epc:id:sgln:6901234.00001.1</id></children></VocabularyElement>
</VocabularyElementList></Vocabulary></VocabularyList></EPCISMasterData></extension></EPCISHeader>
<EPCISBody><EventList><ObjectEvent><eventTime>2026-05-02T10:00:00+08:00</eventTime>
<eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList><epc>{PARCEL}</epc></epcList>
<action>OBSERVE</action><bizStep>urn:epcglobal:cbv:bizstep:arriving</bizStep>
<readPoint><id>{HUB}</id></readPoint></ObjectEvent></EventList></EPCISBody>
</epcis:EPCISDocument>"""


def test_master_data_in_an_xml_header_name_the_places() -> None:
    found = read(XML.encode())

    assert found.valid, found.issues
    (place,) = found.places.values()
    assert (place.name, place.city) == ("Hub North", "Ulm")
    assert event_hash(found.events[0][1], found.prefixes) == hash_of(
        event(bizStep="arriving", readPoint={"id": HUB})
    )


def test_the_answer_of_a_query_in_xml() -> None:
    body = XML.replace("EPCISDocument", "EPCISQueryDocument").replace(
        "<EventList>",
        "<q:QueryResults xmlns:q='urn:epcglobal:epcis-query:xsd:1'><queryName>gate</queryName>"
        "<subscriptionID>7</subscriptionID><resultsBody><EventList>",
    ).replace("</EventList>", "</EventList></resultsBody></q:QueryResults>")  # fmt: skip
    found = read(body.encode())

    assert (found.kind, len(found.events)) == ("query document", 1)
    assert found.valid, found.issues


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings_of_xml(encoding: str) -> None:
    text = XML.replace('"UTF-8"', f'"{encoding.removesuffix("-sig")}"').replace("North", "Süd")
    found = read(text.encode(encoding))

    (place,) = found.places.values()
    assert place.name == "Hub Süd"


def test_json_in_utf_16() -> None:
    assert read(json.dumps(document(event())).encode("utf-16")).valid
    with pytest.raises(NotEpcisError):
        read(b"\xff\xfe{")


TIMES = (
    "<eventTime>2026-05-02T10:00:00+08:00</eventTime>"
    "<eventTimeZoneOffset>+08:00</eventTimeZoneOffset>"
)


@pytest.mark.parametrize(
    ("inside", "same"),
    [
        (f"""<AggregationEvent>{TIMES}<parentID>{PARCEL}</parentID>
          <childEPCs><epc>urn:epc:id:sgtin:6901234.012345.1</epc></childEPCs><action>ADD</action>
          <extension><childQuantityList><quantityElement>
            <epcClass>urn:epc:idpat:sgtin:6901234.012345.*</epcClass><quantity>2</quantity>
          </quantityElement></childQuantityList><sourceList>
            <source type="urn:epcglobal:cbv:sdt:owning_party">{HUB}</source></sourceList>
          <extension/></extension></AggregationEvent>""",
         {"type": "AggregationEvent", "epcList": None, "parentID": PARCEL, "action": "ADD",
          "childEPCs": ["urn:epc:id:sgtin:6901234.012345.1"],
          "childQuantityList": [{"epcClass": "urn:epc:idpat:sgtin:6901234.012345.*",
                                 "quantity": 2}],
          "sourceList": [{"type": "owning_party", "source": HUB}]}),
        (f"""<extension><TransformationEvent>{TIMES}
          <inputEPCList><epc>{PARCEL}</epc></inputEPCList>
          <outputEPCList><epc>urn:epc:id:sgtin:6901234.012345.1</epc></outputEPCList>
          </TransformationEvent></extension>""",
         {"type": "TransformationEvent", "epcList": None, "action": None,
          "inputEPCList": [PARCEL], "outputEPCList": ["urn:epc:id:sgtin:6901234.012345.1"]}),
        (f"""<ObjectEvent>{TIMES}<epcList><epc> {PARCEL}
          </epc></epcList><action>OBSERVE</action><extension><extension><sensorElementList>
          <sensorElement><sensorReport type="gs1:Temperature" value="4.0" uom="CEL"
            exception="gs1:ALARM_CONDITION"/></sensorElement></sensorElementList>
          <persistentDisposition><unset>cbv:Disp-damaged</unset></persistentDisposition>
          </extension></extension></ObjectEvent>""",
         {"persistentDisposition": {"unset": ["damaged"]}, "sensorElementList": [{"sensorReport": [
             {"type": "Temperature", "value": 4, "uom": "CEL", "exception": "ALARM_CONDITION"}]}]}),
    ],
)  # fmt: skip
def test_older_xml_has_the_hash_of_the_same_event_in_json(
    inside: str, same: dict[str, Any]
) -> None:
    start, end = XML.index("<ObjectEvent>"), XML.index("</EventList>")
    found = read((XML[:start] + inside + XML[end:]).encode())

    assert found.valid, found.issues
    assert event_hash(found.events[0][1], found.prefixes) == hash_of(event(**same))


REPORT = {"type": "Temperature", "value": 4.5, "uom": "CEL"}


def sensed(**more: Any) -> dict[str, Any]:
    return event(sensorElementList=[{"sensorReport": [REPORT | more]}])


@pytest.mark.parametrize(
    "own",
    [
        "https://docs.example.org/gdti/1",
        "https://example.net/x/01/1234",
        "https://a.example/8004/%20",
    ],
)
def test_an_address_of_somebody_may_have_words_like_those_of_a_digital_link(own: str) -> None:
    assert errors(sensed(uriValue=own)) == []
    assert errors(event(bizTransactionList=[{"type": "inv", "bizTransaction": own}])) == []
    assert errors(event(epcList=["https://id.gs1.org/01/1234/21/5"])) != []


@pytest.mark.parametrize("word", ["+2:00", "-14:00", "02:00", "2026-05-02T10:00:00Z"])
def test_what_has_a_colon_is_not_yet_a_uri(word: str) -> None:
    where = "epcisBody.eventList[0]"

    assert errors(event(bizStep=word)) == [f"{where}.bizStep"]
    assert errors(event(type=word)) == [f"{where}.type"]
    assert errors(sensed(type=word)) == [f"{where}.sensorElementList[0].sensorReport[0].type"]
    sources = [{"type": word, "source": "urn:epc:id:pgln:6901234.00001"}]
    assert errors(event(sourceList=sources)) == [f"{where}.sourceList[0].type"]
    assert "@context" in errors(event(), [word])


@pytest.mark.parametrize("host", ["https://ref.gs1.org", "https://ns.gs1.org"])
def test_words_of_the_standards_namespace_have_to_be_its_words(host: str) -> None:
    assert errors(event(bizStep=f"{host}/cbv/BizStep-beaming")) != []


@pytest.mark.parametrize(
    ("header", "path"),
    [
        (5, "epcisHeader"),
        ({"epcisMasterData": "none"}, "epcisHeader.epcisMasterData"),
        ({"epcisMasterData": {"vocabularyList": {}}}, "epcisHeader.epcisMasterData.vocabularyList"),
    ],
)
def test_a_header_that_has_not_the_form_of_one_is_named_and_costs_no_event(
    header: Any, path: str
) -> None:
    found = read_value(document(event()) | {"epcisHeader": header})

    assert [(issue.level, issue.path) for issue in found.issues] == [("warning", path)]
    assert found.valid
