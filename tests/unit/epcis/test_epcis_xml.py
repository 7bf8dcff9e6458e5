"""XML documents read as their JSON form; nothing dangerous is read at all."""

from __future__ import annotations

import pytest
from epcis_events import HUB, PARCEL, raw

from milepost.epcis.documents import read
from milepost.epcis.hashing import event_hash
from milepost.epcis.xml import NotXmlError, json_of

START = (
    '<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" '
    'creationDate="2026-05-02T12:00:00Z" xmlns:ext1="https://ns.example.org/a/" '
    'xmlns:cbvmda="urn:epcglobal:cbv:mda"><EPCISBody><EventList>'
)
END = "</EventList></EPCISBody></e:EPCISDocument>"
TIME = (
    "<eventTime>2026-05-02T10:00:00+08:00</eventTime>"
    "<eventTimeZoneOffset>+08:00</eventTimeZoneOffset>"
)
OBJECT = f"""<ObjectEvent>{TIME}
<baseExtension><errorDeclaration><declarationTime>2026-05-03T00:00:00Z</declarationTime>
 <reason>urn:epcglobal:cbv:er:incorrect_data</reason>
 <correctiveEventIDs><correctiveEventID>urn:uuid:9</correctiveEventID></correctiveEventIDs>
</errorDeclaration></baseExtension>
<epcList><epc>{PARCEL}</epc></epcList><action>OBSERVE</action>
<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>
<readPoint><id>{HUB}</id><ext1:gate>A7</ext1:gate></readPoint>
<bizTransactionList><bizTransaction type="urn:epcglobal:cbv:btt:po">urn:uuid:1</bizTransaction>
</bizTransactionList>
<extension><quantityList><quantityElement><epcClass>urn:uuid:2</epcClass>
 <quantity>2.50</quantity><uom>KGM</uom></quantityElement></quantityList>
<sourceList><source type="urn:epcglobal:cbv:sdt:location">{HUB}</source></sourceList></extension>
<sensorElementList><sensorElement>
 <sensorMetadata time="2026-05-02T01:00:00Z" ext1:more="x"/>
 <sensorReport type="gs1:Temperature" value="4.50" uom="CEL"/>
 <sensorReport type="gs1:Humidity" booleanValue="true"/>
</sensorElement></sensorElementList>
<persistentDisposition><set>urn:epcglobal:cbv:disp:damaged</set></persistentDisposition>
<ext1:shift>night</ext1:shift><ext1:list>1</ext1:list><ext1:list>2</ext1:list>
<ext1:deep><ext1:b>2</ext1:b></ext1:deep>
</ObjectEvent>"""


def test_an_event_in_xml_is_the_event_in_json() -> None:
    found = read((START + OBJECT + END).encode())

    assert found.valid, found.issues
    event = found.events[0][1]
    expected = raw(
        bizStep="shipping",
        errorDeclaration={
            "declarationTime": "2026-05-03T00:00:00Z", "reason": "incorrect_data",
            "correctiveEventIDs": ["urn:uuid:9"],
        },
        readPoint={"id": HUB, "ext1:gate": "A7"},
        bizTransactionList=[{"type": "po", "bizTransaction": "urn:uuid:1"}],
        quantityList=[{"epcClass": "urn:uuid:2", "quantity": 2.5, "uom": "KGM"}],
        sourceList=[{"type": "location", "source": HUB}],
        sensorElementList=[{
            "sensorMetadata": {"time": "2026-05-02T01:00:00Z", "ext1:more": "x"},
            "sensorReport": [
                {"type": "Temperature", "value": 4.5, "uom": "CEL"},
                {"type": "gs1:Humidity", "booleanValue": True},
            ],
        }],
        persistentDisposition={"set": ["damaged"]},
        **{"ext1:shift": "night", "ext1:list": ["1", "2"], "ext1:deep": {"ext1:b": "2"}},
    )  # fmt: skip
    assert event == expected
    assert event_hash(event, found.prefixes) == event_hash(expected, found.prefixes)


def test_events_in_extensions_are_found() -> None:
    inner = (
        f"<extension><TransformationEvent>{TIME}<inputEPCList><epc>{PARCEL}</epc></inputEPCList>"
        "<outputEPCList><epc>urn:uuid:1</epc></outputEPCList></TransformationEvent></extension>"
    )
    found = read((START + inner + END).encode())

    assert found.valid, found.issues
    assert found.events[0][1]["type"] == "TransformationEvent"


def test_faults_in_xml_have_paths() -> None:
    bad = OBJECT.replace("bizstep:shipping", "bizstep:levitating").replace("4.50", "warm")
    found = read((START + bad + END).encode())

    assert sorted(one.path for one in found.issues if one.level == "error") == [
        "epcisBody.eventList[0].bizStep",
        "epcisBody.eventList[0].sensorElementList[0].sensorReport[0].value",
    ]


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + START + "&b;" + END


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">' + START + END,
        "<a/>",
        START,
        "<a>" * 1_000 + "</a>" * 1_000,
        '<?xml version="1.0" encoding="no-such"?><a/>',
        '<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2"/>',
    ],
)
def test_what_is_not_read(text: str) -> None:
    with pytest.raises(NotXmlError):
        json_of(text.encode())


def test_a_document_type_that_declares_nothing_and_a_quantity_that_is_none() -> None:
    """Published documents have both."""
    nil = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'
    listed = (
        f"<ObjectEvent>{TIME}<epcList/><action>OBSERVE</action><extension><quantityList>"
        f"<quantityElement><epcClass>urn:uuid:2</epcClass><quantity {nil}/></quantityElement>"
        "</quantityList></extension></ObjectEvent>"
    )

    found = read(("<!DOCTYPE project>" + START + listed + END).encode())

    assert found.valid, found.issues
    assert found.events[0][1]["quantityList"] == [{"epcClass": "urn:uuid:2"}]


@pytest.mark.parametrize("name", ["context", "events", "key", "free", "attributes", "__class__"])
def test_an_elements_name_is_only_a_name(name: str) -> None:
    body = START + f"<ObjectEvent>{TIME}<{name}>x</{name}></ObjectEvent>" + END

    assert not read(body.encode()).valid


def test_what_published_documents_in_xml_do_costs_nothing() -> None:
    """An EPC twice, a time without seconds, fields out of their order (which is a warning)."""
    time = "<eventTime>2026-05-02T10:00+08:00</eventTime><eventTimeZoneOffset>+08:00"
    listed = (
        f"<ObjectEvent><action>OBSERVE</action>{time}</eventTimeZoneOffset>"
        "<epcList><epc>urn:uuid:1</epc><epc>urn:uuid:1</epc></epcList></ObjectEvent>"
    )
    document = read((START + listed + END).encode())
    ((_, event),) = document.events

    assert document.valid
    assert event["eventTime"] == "2026-05-02T10:00:00+08:00"
    warnings = [one.path for one in document.issues if one.level == "warning"]
    assert warnings == ["epcisBody.eventList[0].eventTime", "epcisBody.eventList[0].epcList[1]"]


def test_the_schemas_own_attributes_are_no_content() -> None:
    kind = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x:integer"'
    begin = f"<ObjectEvent>{TIME}<epcList><epc>urn:uuid:1</epc></epcList><action>OBSERVE</action>"
    ends = (f"<ext1:a {kind}>12</ext1:a></ObjectEvent>", "<ext1:a>12</ext1:a></ObjectEvent>")
    typed, plain = (read((START + begin + end + END).encode()).events[0][1] for end in ends)

    assert typed == plain


def test_fields_that_a_repository_added_are_named_in_xml_too() -> None:
    spaces = 'xmlns:r="https://r.example.org/" xmlns:x="https://x.example.org/"'
    ignored = "<r:ignoreFields><x:received/></r:ignoreFields>"
    plain = f"<ObjectEvent>{TIME}<epcList><epc>urn:uuid:1</epc></epcList><action>OBSERVE</action>"
    begin = START.replace("EPCISDocument ", f"EPCISDocument {spaces} ", 1)
    assert begin != START
    begin = begin.replace("<EPCISBody>", ignored + "<EPCISBody>", 1)
    added = read((begin + plain + "<x:received>now</x:received></ObjectEvent>" + END).encode())
    bare = read((START + plain + "</ObjectEvent>" + END).encode())

    assert added.ignored
    hashes = [event_hash(one.events[0][1], one.prefixes, one.ignored) for one in (added, bare)]
    assert hashes[0] == hashes[1]


def test_a_document_of_master_data_alone() -> None:
    body = (
        '<m:EPCISMasterDataDocument xmlns:m="urn:epcglobal:epcis-masterdata:xsd:2" '
        'schemaVersion="2.0" creationDate="2026-05-02T12:00:00Z"><EPCISBody><VocabularyList>'
        '<Vocabulary type="urn:epcglobal:epcis:vtype:BusinessLocation"><VocabularyElementList>'
        f'<VocabularyElement id="{HUB}"><attribute id="urn:epcglobal:cbv:mda#city">Jiaxing'
        "</attribute></VocabularyElement></VocabularyElementList></Vocabulary></VocabularyList>"
        "</EPCISBody></m:EPCISMasterDataDocument>"
    )
    document = read(body.encode())

    assert (document.valid, document.events) == (True, ())
    assert len(document.master) == 1
    assert [one.city for one in document.places.values()] == ["Jiaxing"]
