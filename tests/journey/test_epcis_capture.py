"""EPCIS documents in over HTTP, and what becomes of them: roads, sensors, containment, answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from journey.running import NOW, Caller, Running
from milepost.epcis.hashing import event_hash

pytest_plugins = ["pg"]

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
# Invented: company prefix 6901234, one parcel and one pallet.
PARCEL_URN = "urn:epc:id:sscc:6901234.0000000017"
PARCEL = "069012340000000177"
PALLET = "https://id.gs1.org/00/069012340000009996"
HUB = "urn:epc:id:sgln:6901234.00001.0"


def event(hours: float = 2, **more: Any) -> dict[str, Any]:
    """An ObjectEvent of some hours ago."""
    at = (NOW - timedelta(hours=hours)).isoformat()
    found = {
        "type": "ObjectEvent", "eventTime": at, "eventTimeZoneOffset": "+08:00",
        "epcList": [PARCEL_URN], "action": "OBSERVE", "bizStep": "arriving",
        "disposition": "in_transit", "readPoint": {"id": HUB}, **more,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def document(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "@context": [CONTEXT, {"ext1": "https://ns.example.org/epcis/"}],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": NOW.isoformat(),
        "epcisBody": {"eventList": list(events)}, **more,
    }  # fmt: skip


def capture(me: Caller, body: Any, kind: str = "application/json", **headers: str) -> Any:
    """The capture job."""
    me.headers |= {name.replace("_", "-"): value for name, value in headers.items()}
    answer = me.post("/v1/epcis/capture", body, kind)
    assert answer.status_code == 202, answer.text
    job = me.get(answer.headers["Location"])
    assert job.json() == answer.json()
    return job.json()


def found(me: Caller, path: str = "/v1/epcis/events", **params: str) -> list[dict[str, Any]]:
    answer = me.get(path, params=params)
    assert answer.status_code == 200, answer.text
    events: list[dict[str, Any]] = answer.json()["epcisBody"]["queryResults"]["resultsBody"][
        "eventList"
    ]
    return events


def test_a_document_is_captured_once(me: Caller) -> None:
    given = document(event(5, bizStep="departing"), event(2))

    first, second = capture(me, given), capture(me, given)

    assert (first["captured"], first["duplicates"], first["success"]) == (2, 0, True)
    assert (second["captured"], second["duplicates"], second["success"]) == (0, 2, True)
    assert first["running"] is False
    assert first["captureErrorBehaviour"] == "rollback"
    assert len(found(me)) == 2
    road = me.track(PARCEL)
    assert [one["sub"] for one in road["events"]] == [
        "in_transit.departed_facility",
        "in_transit.arrived_hub",
    ]
    assert {one["source"] for one in road["events"]} == {"epcis"}
    assert road["events"][0]["occurred_at"].endswith("+08:00")
    assert road["events"][0]["place"]["facility"] == "6901234000016"


def test_answers_name_their_versions(me: Caller) -> None:
    answer = me.post("/v1/epcis/capture", document(event()))

    assert answer.headers["GS1-EPCIS-Version"] == "2.0.0"
    assert answer.headers["GS1-CBV-Version"] == "2.0.0"
    assert answer.headers["GS1-Capture-Error-Behaviour"] == "all"


@pytest.mark.parametrize("path", ["", "/capture", "/events", "/eventTypes", "/queries"])
def test_options_say_what_is_allowed(me: Caller, path: str) -> None:
    answer = me.client.request("OPTIONS", "/v1/epcis" + path, headers=me.headers)

    assert answer.status_code == 204
    assert "GET" in answer.headers["Allow"]
    assert answer.headers["GS1-EPCIS-Max"] == "2.0.0"


def test_all_or_nothing_is_the_default(me: Caller) -> None:
    answer = me.post("/v1/epcis/capture", document(event(), event(bizStep="levitating")))

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")
    told = answer.json()
    assert told["type"] == "epcisException:ValidationException"
    assert told["errors"][0]["path"] == "epcisBody.eventList[1].bizStep"
    assert found(me) == []


def test_proceed_takes_what_is_right(me: Caller) -> None:
    job = capture(
        me, document(event(), event(bizStep="levitating")), GS1_Capture_Error_Behaviour="proceed"
    )

    assert (job["success"], job["captured"], len(job["errors"])) == (False, 1, 1)
    assert "levitating" in job["errors"][0]["detail"]
    assert len(found(me)) == 1


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"<a><b></a>", "application/xml", 400),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><EPCISDocument>&x;</EPCISDocument>', "text/xml", 400),
        (b"a,b", "text/csv", 415),
        (b"[]", "application/json", 202),
    ],
)
def test_bodies_that_are_none(me: Caller, body: bytes, kind: str, status: int) -> None:
    assert me.post("/v1/epcis/capture", body, kind).status_code == status


def test_versions_and_forms_that_are_not_spoken(me: Caller) -> None:
    for header in ({"GS1-EPCIS-Version": "3.0"}, {"Accept": "text/html"}):
        answer = me.client.get("/v1/epcis/events", headers=me.headers | header)

        assert answer.status_code == 406
        assert answer.json()["type"] == "epcisException:NotAcceptableException"


def test_an_erratum_of_a_version_is_that_version(me: Caller) -> None:
    for version in ("2.0", "2.0.0", "2.0.1", "1.2"):
        told = {"GS1-EPCIS-Version": version, "GS1-CBV-Version": version}
        answer = me.client.get("/v1/epcis/events", headers=me.headers | told)

        assert answer.status_code == 200


def test_an_event_that_is_declared_wrong_is_taken_back(me: Caller) -> None:
    wrong = event(1, bizStep="destroying", disposition="destroyed", eventID="urn:uuid:1-2-3")
    capture(me, document(event(3), wrong))
    assert me.status(PARCEL) == "exception.destroyed"

    declared = {"declarationTime": NOW.isoformat(), "reason": "did_not_occur"}
    job = capture(me, document({**wrong, "errorDeclaration": declared}))

    assert job["captured"] == 1
    assert me.status(PARCEL) == "in_transit.arrived_hub"
    assert [one["retracted_by"] is not None for one in me.track(PARCEL)["events"]].count(True) == 1
    assert len(found(me, EXISTS_errorDeclaration="")) == 1
    assert len(found(me, EQ_errorReason="did_not_occur")) == 1
    both = found(me, f"/v1/epcis/events/{quote('urn:uuid:1-2-3', safe='')}")
    assert ["errorDeclaration" in one for one in both] == [False, True]


def test_an_event_id_belongs_to_one_event(me: Caller) -> None:
    first = {"@context": CONTEXT, **event(1, eventID="urn:uuid:7-7-7")}
    other = {"@context": CONTEXT, **event(2, eventID="urn:uuid:7-7-7")}

    answers = [me.post("/v1/epcis/events", one) for one in (first, first, other)]

    assert [one.status_code for one in answers] == [201, 201, 409]
    assert answers[2].json()["type"] == "epcisException:ResourceAlreadyExistsException"
    stored = found(me, answers[0].headers["Location"])
    assert [one["eventID"] for one in stored] == ["urn:uuid:7-7-7"]
    assert "recordTime" in stored[0]
    job = capture(me, document(event(4), other))
    assert (job["success"], job["captured"]) == (False, 0)
    assert len(found(me)) == 1


def test_one_event_under_several_ids_is_one_and_found_by_each(app: Running, me: Caller) -> None:
    """Its hash is its identity, however its senders call it; an ID stays one event's."""
    first, second, third = (f"urn:uuid:00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
    capture(me, document(event(eventID=first)))
    job = capture(me, document(event(eventID=second), event(eventID=third)))
    identity = event_hash(event())
    other = event(1, eventID=second)

    assert (job["captured"], job["duplicates"], job["success"]) == (0, 2, True)
    for name in (first, second, third, identity):
        (single,) = found(me, f"/v1/epcis/events/{quote(name, safe='')}")
        assert single["eventID"] == first
        assert len(found(me, EQ_eventID=name)) == 1
    assert len(found(me)) == 1
    assert me.post("/v1/epcis/events", other).status_code == 409
    stranger = app.caller()
    assert stranger.get(f"/v1/epcis/events/{quote(second, safe='')}").status_code == 404
    assert stranger.post("/v1/epcis/events", other).status_code == 201


def test_an_event_without_id_is_found_by_its_hash(me: Caller) -> None:
    answer = me.post("/v1/epcis/events", {"@context": CONTEXT, **event()})

    identity = answer.json()["eventID"]
    assert identity.startswith("ni:///sha-256;")
    assert [one["eventID"] for one in found(me, answer.headers["Location"])] == [identity]


def test_nobody_sees_another_tenants_events(app: Running, me: Caller) -> None:
    job = me.post("/v1/epcis/capture", document(event(eventID="urn:uuid:mine"))).headers["Location"]
    other = app.caller()

    assert found(other) == []
    assert other.get("/v1/epcis/epcs").json()["member"] == []
    assert other.get("/v1/epcis/events/urn:uuid:mine").status_code == 404
    assert other.get(job).status_code == 404
    assert other.get(f"/v1/track/{PARCEL}").status_code == 404


def many() -> dict[str, Any]:
    deal = [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:6901234000016:PO7"}]
    reports = [{"type": "Temperature", "value": 9.5, "uom": "CEL"}]
    return document(
        event(6, bizStep="departing", bizTransactionList=deal),
        event(5, bizStep="shipping", readPoint={"id": "urn:epc:id:sgln:6901234.00002.7"}),
        event(4, action="ADD", bizStep="commissioning", disposition="active",
              epcList=["urn:epc:id:sgtin:6901234.012345.A1"], **{"ext1:shift": "night"}),
        event(3, type="AggregationEvent", epcList=None, action="ADD", bizStep="packing",
              disposition=None, parentID=PALLET, childEPCs=[PARCEL_URN]),
        event(2, sensorElementList=[{"sensorReport": reports}]),
        event(1, epcList=[], quantityList=[
            {"epcClass": "urn:epc:class:lgtin:6901234.012345.L1", "quantity": 12, "uom": "KGM"}]),
    )  # fmt: skip


HOURS = {6, 5, 4, 3, 2, 1}


@pytest.mark.parametrize(
    ("query", "hours"),
    [
        ({}, HOURS),
        ({"eventType": "AggregationEvent"}, {3}),
        ({"eventType": "AggregationEvent|ObjectEvent"}, HOURS),
        ({"EQ_bizStep": "departing|https://ref.gs1.org/cbv/BizStep-shipping"}, {6, 5}),
        ({"EQ_action": "ADD"}, {4, 3}),
        ({"EQ_disposition": "active"}, {4}),
        ({"GE_eventTime": (NOW - timedelta(hours=2)).isoformat()}, {2, 1}),
        ({"LT_eventTime": (NOW - timedelta(hours=5)).isoformat()}, {6}),
        ({"LT_recordTime": NOW.isoformat()}, set()),
        ({"MATCH_epc": f"https://example.org/00/{PARCEL}"}, {6, 5, 3, 2}),
        ({"MATCH_epc": PALLET}, set()),
        ({"MATCH_anyEPC": PALLET}, {3}),
        ({"MATCH_parentID": PALLET}, {3}),
        ({"MATCH_epc": "urn:epc:idpat:sscc:6901234.*"}, {6, 5, 3, 2}),
        ({"MATCH_epc": "urn:epc:idpat:sgtin:6901234.012345.*"}, {4}),
        ({"MATCH_epcClass": "urn:epc:class:lgtin:6901234.012345.L1"}, {1}),
        ({"EQ_readPoint": "https://id.gs1.org/414/6901234000016"}, {6, 4, 3, 2, 1}),
        ({"WD_readPoint": "https://id.gs1.org/414/6901234000023"}, {5}),
        ({"EQ_bizTransaction_po": "urn:epcglobal:cbv:bt:6901234000016:PO7"}, {6}),
        ({"EQ_bizTransaction_inv": "urn:epcglobal:cbv:bt:6901234000016:PO7"}, set()),
        ({"GE_quantity": "12"}, {1}),
        ({"GT_quantity_KGM": "12"}, set()),
        ({"EXISTS_sensorElementList": ""}, {2}),
        ({"EQ_type": "Temperature"}, {2}),
        ({"GE_value_CEL": "9.5"}, {2}),
        ({"GT_value_CEL": "9.5"}, set()),
        ({"EQ_ext1:shift": "night"}, {4}),
        ({"EXISTS_ext1:shift": ""}, {4}),
        ({"EXISTS_errorDeclaration": ""}, set()),
    ],
)
def test_a_question_finds_what_fits(
    app: Running, full: Caller, query: dict[str, str], hours: set[int]
) -> None:
    expected = {(NOW - timedelta(hours=one)).isoformat() for one in hours}

    assert {one["eventTime"] for one in found(full, **query)} == expected


@pytest.fixture(scope="module")
def full(app: Running) -> Caller:
    """A tenant with one event of each kind."""
    one = app.caller()
    capture(one, many())
    return one


def test_pages_fit_together_whatever_comes_meanwhile(me: Caller) -> None:
    capture(me, many())
    url: str | None = "/v1/epcis/events?perPage=2&orderBy=eventTime&orderDirection=DESC"
    seen: list[str] = []
    while url is not None:
        answer = me.get(url)
        results = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        seen += [one["eventTime"] for one in results]
        url = answer.links["next"]["url"] if "next" in answer.links else None
        capture(me, document(event(0.1 * len(seen), bizStep="storing")))

    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 6


@pytest.mark.parametrize(
    "query",
    [
        {"GE_eventDate": "2026-01-01T00:00:00Z"},
        {"GE_eventTime": "yesterday"},
        {"EQ_action": "MOVE"},
        {"EQ_bizStep": "levitating"},
        {"eventCountLimit": "none"},
        {"perPage": "none"},
        {"nextPageToken": "x"},
        {"HASATTR_epcList": "x"},
    ],
)
def test_a_question_that_is_none(me: Caller, query: dict[str, str]) -> None:
    answer = me.get("/v1/epcis/events", params=query)

    assert answer.status_code == 400
    assert answer.json()["type"] == "epcisException:QueryParameterException"


def test_limits_of_a_question(full: Caller) -> None:
    answer = full.get("/v1/epcis/events", params={"maxEventCount": "2"})
    few = found(full, orderBy="eventTime", eventCountLimit="2", perPage="1")

    assert answer.status_code == 413
    assert answer.json()["type"] == "epcisException:QueryTooLargeException"
    assert len(few) == 1


def test_collections(full: Caller) -> None:
    def members(name: str) -> list[str]:
        members: list[str] = full.get(f"/v1/epcis/{name}").json()["member"]
        return members

    assert members("eventTypes") == ["AggregationEvent", "ObjectEvent"]
    assert "departing" in members("bizSteps")
    assert f"https://id.gs1.org/00/{PARCEL}" in members("epcs")
    assert "events" in full.get("/v1/epcis").json()["member"]
    assert len(found(full, f"/v1/epcis/epcs/{quote(PARCEL_URN, safe='')}/events")) == 4
    assert len(found(full, "/v1/epcis/bizSteps/departing/events")) == 1
    assert len(found(full, "/v1/epcis/eventTypes/AggregationEvent/events")) == 1


def test_queries_under_a_name(full: Caller) -> None:
    wanted = {"name": "away", "query": {"EQ_bizStep": ["departing", "shipping"]}}

    answers = [full.post("/v1/epcis/queries", wanted) for _ in range(2)]

    assert [one.status_code for one in answers] == [201, 409]
    assert full.get("/v1/epcis/queries").json() == [wanted]
    assert len(found(full, "/v1/epcis/queries/away/events")) == 2
    assert full.get("/v1/epcis/queries/none/events").status_code == 404
    bad = full.post("/v1/epcis/queries", {"name": "b", "query": {"EQ_bizStep": ["levitating"]}})
    assert bad.json()["type"] == "epcisException:QueryValidationException"
    gone = full.client.delete("/v1/epcis/queries/away", headers=full.headers)
    assert gone.status_code == 204


def test_sensors_and_aggregations_reach_telemetry_and_containment(app: Running, me: Caller) -> None:
    capture(me, many())

    rows = app.sql("SELECT name FROM asset WHERE tenant = $1", me.tenant)
    child = app.sql("SELECT child, parent FROM containment_change WHERE tenant = $1", me.tenant)

    assert [row["name"] for row in rows] == [f"parcel:{PARCEL}"]
    assert [tuple(row) for row in child] == [(f"parcel:{PARCEL}", "parcel:069012340000009996")]


XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2"
    creationDate="2026-11-20T12:00:00Z" xmlns:ext1="https://ns.example.org/epcis/">
 <EPCISBody><EventList><ObjectEvent>
  <eventTime>{(NOW - timedelta(hours=2)).isoformat()}</eventTime>
  <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
  <epcList><epc>{PARCEL_URN}</epc></epcList>
  <action>OBSERVE</action>
  <bizStep>urn:epcglobal:cbv:bizstep:arriving</bizStep>
  <disposition>urn:epcglobal:cbv:disp:in_transit</disposition>
  <readPoint><id>{HUB}</id></readPoint>
 </ObjectEvent></EventList></EPCISBody>
</epcis:EPCISDocument>"""


def test_xml_and_json_of_one_event_are_the_same_event(me: Caller) -> None:
    first = capture(me, XML.encode(), "application/xml")
    second = capture(me, document(event(2)))

    assert (first["captured"], second["captured"], second["duplicates"]) == (1, 0, 1)
    assert found(me)[0]["bizStep"] == "arriving"
    assert me.status(PARCEL) == "in_transit.arrived_hub"


def test_a_road_goes_out_as_epcis_and_comes_in_again(app: Running, me: Caller) -> None:
    number = "SYN000000000077"
    place = {"city": "Hangzhou", "country": "CN"}
    stay = {"occurred_at": event(3)["eventTime"], "carrier": "sf", "code": "out_for_delivery"}
    me.scan({"number": number, **stay, "place": place})
    shipment = me.track(number)["shipment"]

    answer = me.get(f"/v1/shipments/{shipment}/epcis")
    other = app.caller()
    job = capture(other, answer.json())

    assert job["captured"] == 1
    road = other.track(number)
    assert (road["status"]["sub"], road["carrier"]) == ("out_for_delivery", "sf")
    assert road["events"][0]["place"]["city"] == "Hangzhou"
    assert me.get("/v1/shipments/0000000000000000/epcis").status_code == 404


def test_answers_in_xml_for_whoever_prefers_it(me: Caller) -> None:
    capture(me, document(event(2), event(3, **{"ext1:note": "a < b"})))
    path = "/v1/epcis/events"

    def asked(accept: str, **params: str) -> Any:
        return me.client.get(path, params=params, headers=me.headers | {"Accept": accept})

    page = asked("application/xml", perPage="1")
    assert page.headers["content-type"].startswith("application/xml")
    assert 'rel="next"' in page.headers["Link"]
    assert page.text.count("<ObjectEvent") == 1
    assert "a &lt; b" in asked("text/xml;q=0.9, application/json;q=0.1").text
    assert asked("application/json, application/xml").json()["type"] == "EPCISQueryDocument"
    assert asked("*/*").json()["type"] == "EPCISQueryDocument"
    assert asked("text/html").status_code == 406
    again = capture(me, asked("application/xml").content, "application/xml")
    assert (again["captured"], again["duplicates"]) == (0, 2)
    shipment = me.track(PARCEL)["shipment"]
    road = me.client.get(
        f"/v1/shipments/{shipment}/epcis", headers=me.headers | {"Accept": "application/xml"}
    )
    assert "<e:EPCISDocument" in road.text

    capture(me, document(event(1, type="https://ns.example.org/epcis/Weighing")))
    refused = asked("application/xml")
    assert refused.status_code == 406
    assert "Weighing" in refused.json()["detail"]


def test_epcs_and_words_in_the_form_that_is_asked_for(me: Caller) -> None:
    own = {"ext1:as": PARCEL_URN}
    capture(me, document(event(2, parentID=None, **own), event(3, epcList=[PALLET])))
    path = "/v1/epcis/events"

    def asked(**headers: str) -> Any:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return me.client.get(path, headers=me.headers | told)

    def first(answer: Any) -> dict[str, Any]:
        results = answer.json()["epcisBody"]["queryResults"]["resultsBody"]
        found: dict[str, Any] = results["eventList"][0]
        return found

    assert first(asked())["epcList"] == [PARCEL_URN]
    assert first(asked(GS1_EPC_Format="Never_Translates"))["epcList"] == [PARCEL_URN]
    links = first(asked(GS1_EPC_Format="Always_GS1_Digital_Link"))
    assert links["epcList"] == [f"https://id.gs1.org/00/{PARCEL}"]
    assert links["readPoint"] == {"id": "https://id.gs1.org/414/6901234000016"}
    assert links["ext1:as"] == PARCEL_URN
    refused = asked(GS1_EPC_Format="Always_EPC_URN")  # the pallet's link tells no company prefix
    assert (refused.status_code, PALLET in refused.json()["detail"]) == (406, True)
    assert asked(GS1_EPC_Format="Always").status_code == 406
    xml = asked(Accept="application/xml", GS1_CBV_XML_Format="Always_URN").text
    assert "urn:epcglobal:cbv:bizstep:arriving<" in xml
    assert "https://ref.gs1.org/cbv/BizStep-arriving<" in asked(Accept="application/xml").text


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [("GS1-EPCIS-Min", "2.0.0", 200), ("GS1-EPCIS-Min", "2.1", 406), ("GS1-EPCIS-Max", "1.2", 406),
     ("GS1-CBV-Min", "3.0.0", 406), ("GS1-CBV-Max", "2", 200), ("GS1-CBV-Max", "new", 406)],
)  # fmt: skip
def test_ranges_of_versions(me: Caller, header: str, value: str, status: int) -> None:
    answer = me.client.get("/v1/epcis/events", headers=me.headers | {header: value})

    assert answer.status_code == status


def test_a_token_is_given_back_and_limits_are_told(me: Caller) -> None:
    told = me.client.request("OPTIONS", "/v1/epcis/capture", headers=me.headers).headers
    freed = me.client.delete("/v1/epcis/nextPageToken/abc", headers=me.headers)

    assert (freed.status_code, told["GS1-EPCIS-Capture-Limit"]) == (204, "10000")
