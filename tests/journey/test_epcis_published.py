"""Published EPCIS documents and hash vectors through capture and query of a running server."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from journey.running import Caller, Running, running
from milepost.epcis.documents import read_value
from milepost.epcis.hashing import event_hash
from shared import shared

pytest_plugins = ["pg"]
MANY = {"perPage": "1000"}


@pytest.fixture(scope="module")
def app(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(module_url, data=tmp_path_factory.mktemp("published")) as found:
        yield found


def loaded(name: str) -> Any:
    with gzip.open(shared(f"data/{name}"), "rt", encoding="utf-8") as file:
        return json.load(file)


def answered(me: Caller) -> Any:
    answer = me.get("/v1/epcis/events", params=MANY)
    assert answer.status_code == 200, answer.text
    return answer.json()


def hashes(document: dict[str, Any]) -> set[str]:
    found = read_value(document)
    return {event_hash(one, found.prefixes, found.ignored) for _, one in found.events}


def test_every_document_is_captured_or_refused_for_a_reason(
    app: Running, subtests: pytest.Subtests
) -> None:
    for case in loaded("epcis_documents.json.gz")["cases"]:
        with subtests.test(case["path"]):
            me, given = app.caller(), case["document"]
            if read_value(given).kind == "query":
                _as_query(me, given, case["expect"])
                continue
            answer = me.post("/v1/epcis/capture", given)
            if case["expect"] == "valid":
                assert answer.status_code == 202, answer.text
                assert answer.json()["success"]
                _comes_back(me, given)
            else:
                assert answer.status_code == 400, answer.text
                assert all(one["error"] for one in answer.json()["errors"])
                assert answer.json()["errors"]
                assert not me.get("/v1/epcis/capture").json()


def _comes_back(me: Caller, given: dict[str, Any]) -> None:
    """With the same identities; and what was answered can be captured again as known."""
    answer = answered(me)
    stored = answer["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert hashes(given) == {
        event_hash({name: value for name, value in one.items() if name != "recordTime"})
        for one in stored
    }
    again = me.post("/v1/epcis/capture", answer)
    assert again.status_code == 202, again.text
    assert again.json()["captured"] == 0
    _in_xml_as_well(me)


def _in_xml_as_well(me: Caller) -> None:
    headers = me.headers | {"Accept": "application/xml"}
    answer = me.client.get("/v1/epcis/events", params=MANY, headers=headers)
    assert answer.status_code == 200, answer.text
    again = me.post("/v1/epcis/capture", answer.content, "application/xml")
    assert again.status_code == 202, again.text
    assert again.json()["captured"] == 0, answer.text


def _as_query(me: Caller, given: dict[str, Any], expect: str) -> None:
    answer = me.post("/v1/epcis/queries", {"name": "one", "query": given})
    assert answer.status_code == (201 if expect == "valid" else 400), answer.text
    if expect == "valid":
        assert me.get("/v1/epcis/queries/one/events").status_code == 200


def test_every_vector_is_known_by_its_hash(app: Running, subtests: pytest.Subtests) -> None:
    for vector in loaded("epcis_hash_vectors.json.gz")["vectors"]:
        with subtests.test(vector["name"]):
            me = app.caller()
            answer = me.post("/v1/epcis/capture", vector["document"])
            assert answer.status_code == 202, answer.text
            rows = app.sql("SELECT hash FROM epcis_event WHERE tenant = $1", me.tenant)
            assert {row["hash"] for row in rows} == set(vector["hashes"])


def test_every_event_is_found_by_each_of_its_own_fields(
    app: Running, subtests: pytest.Subtests
) -> None:
    """The fields that the standard has parameters for, asked of all published events at once."""
    me = app.caller()
    for case in loaded("epcis_documents.json.gz")["cases"]:
        if case["expect"] == "valid" and read_value(case["document"]).kind != "query":
            me.post("/v1/epcis/capture", case["document"])
    asked = 0
    for event in answered(me)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]:
        for name, value in _own(event):
            found = me.get("/v1/epcis/events", params={name: value, **MANY})
            with subtests.test(f"{name}={value}"):
                assert found.status_code == 200, found.text
                listed = found.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
                assert event["eventID"] in [one["eventID"] for one in listed]
            asked += 1
    assert asked > 200


def _own(event: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Parameters that an event has to be found by. Lists of a URL are parted by `|`."""
    plain = {"type": "eventType", "eventID": "EQ_eventID", "action": "EQ_action",
             "bizStep": "EQ_bizStep", "disposition": "EQ_disposition", "parentID": "MATCH_parentID",
             "transformationID": "EQ_transformationID", "eventTime": "GE_eventTime"}  # fmt: skip
    for field, name in plain.items():
        own = field in ("bizStep", "disposition") and ":" in event.get(field, "")
        if field in event and not own:  # a prefix of the document's own means nothing in a URL
            yield name, event[field]
    for field in ("readPoint", "bizLocation"):
        if field in event:
            yield f"EQ_{field}", event[field]["id"]
            yield f"WD_{field}", event[field]["id"]
    lists = {"epcList": "MATCH_epc", "childEPCs": "MATCH_anyEPC", "inputEPCList": "MATCH_inputEPC",
             "outputEPCList": "MATCH_outputEPC"}  # fmt: skip
    for field, name in lists.items():
        yield from ((name, one) for one in event.get(field, [])[:1])
    classes = {"quantityList": "MATCH_epcClass", "inputQuantityList": "MATCH_inputEPCClass",
               "outputQuantityList": "MATCH_outputEPCClass"}  # fmt: skip
    for field, name in classes.items():
        yield from ((name, one["epcClass"]) for one in event.get(field, [])[:1])
    for element in event.get("sensorElementList", [])[:1]:
        yield "EXISTS_sensorElementList", "true"
        for report in element.get("sensorReport", [])[:1]:
            if "type" in report and "value" in report and "uom" in report:
                yield "EQ_type", report["type"]
                yield f"GE_value_{report['uom']}", str(report["value"])
