"""Events in our own words: numbers, statuses, places, samples, containment."""

from __future__ import annotations

from typing import Any

import pytest
from epcis_events import CAGE, HUB, OWN, PARCEL, PARCEL_NUMBER, SENSOR, aggregation, document, raw
from epcis_events import event as made

from milepost.domain.place import Place
from milepost.domain.status import SUB_CODE
from milepost.domain.telemetry import Change, Sample
from milepost.epcis.containers import changes_of
from milepost.epcis.documents import read_value
from milepost.epcis.export import epc_of
from milepost.epcis.mapping import TABLE, numbers_of, status_of
from milepost.epcis.model import AggregationEvent, event_of
from milepost.epcis.scans import scans_of
from milepost.epcis.sensors import samples_of
from milepost.epcis.where import place_of

AT_US = 1_777_687_200_000_000  # 2026-05-02T10:00:00+08:00
FROM = [{"type": "possessing_party", "source": "urn:epc:id:pgln:6901234.00001"}]
TO = [{"type": "possessing_party", "destination": "urn:epc:id:pgln:6901234.00002"}]


@pytest.mark.parametrize(
    ("more", "sub"),
    [
        ({"action": "ADD", "bizStep": "commissioning"}, "info_received.created"),
        ({"bizStep": "collecting"}, "picked_up"),
        ({"bizStep": "arriving"}, "in_transit.arrived_hub"),
        ({"bizStep": "receiving", "disposition": "in_progress"}, "in_transit.arrived_hub"),
        ({"bizStep": "departing"}, "in_transit.departed_facility"),
        ({"bizStep": "packing", "disposition": "in_transit"}, "in_transit.moving"),
        ({"bizStep": "accepting", "sourceList": FROM, "destinationList": TO}, "delivered"),
        ({"bizStep": "accepting", "disposition": "in_transit", "sourceList": FROM,
          "destinationList": TO}, "in_transit.handed_to_partner"),
        ({"bizStep": "inspecting", "disposition": "damaged"}, "exception.damaged"),
        ({"disposition": "stolen"}, "exception.lost"),
        ({"bizStep": "receiving", "disposition": "returned"}, "returned"),
        ({"bizStep": "shipping", "disposition": "returned"}, "returning"),
        ({"milepost:status": "attempt_failed.no_contact"}, "attempt_failed.no_contact"),
        # These tell nothing of the road.
        ({"bizStep": "receiving"}, None),
        ({"bizStep": "accepting"}, None),
        ({"bizStep": "packing"}, None),
        ({"bizStep": "holding"}, None),
        ({"bizStep": "inspecting"}, None),
        ({"disposition": "unknown"}, None),
        ({"bizStep": "https://example.org/steps/delivering"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_a_status_is_told_or_it_is_not(more: dict[str, Any], sub: str | None) -> None:
    assert status_of(made(**more)) == sub


def test_every_row_names_a_status_of_ours() -> None:
    assert {row.sub for row in TABLE.status} <= set(SUB_CODE)


@pytest.mark.parametrize(
    ("more", "numbers"),
    [
        ({}, [PARCEL_NUMBER]),
        ({"epcList": [PARCEL, f"https://x.cn/00/{PARCEL_NUMBER}"]}, [PARCEL_NUMBER]),
        ({"epcList": [CAGE]}, ["0690123412345677"]),
        ({"epcList": ["urn:epc:id:sgtin:6901234.012345.A1", SENSOR]}, []),
        ({"epcList": ["urn:epc:id:ginc:6901234.WB99"]}, ["6901234WB99"]),
        ({"milepost:trackingNumber": ["SYN1", "SYN2"]}, ["SYN1", "SYN2"]),
        ({"epcList": [f"{OWN}number:SYN%2F1"]}, ["SYN/1"]),
        ({"epcList": [], "bizTransactionList": [
            {"type": "milepost:waybill", "bizTransaction": "https://x.cn/waybills/SYN77"}]},
         ["SYN77"]),
        ({"epcList": [], "bizTransactionList": [
            {"type": "bol", "bizTransaction": "urn:epcglobal:cbv:bt:6901234000016:B778"}]},
         ["B778"]),
        ({"bizTransactionList": [
            {"type": "bol", "bizTransaction": "urn:epcglobal:cbv:bt:6901234000016:B778"}]},
         [PARCEL_NUMBER]),
        ({"epcList": [], "bizTransactionList": [
            {"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:6901234000016:P1"}]}, []),
    ],
)  # fmt: skip
def test_what_an_event_is_about(more: dict[str, Any], numbers: list[str]) -> None:
    assert numbers_of(made(**more)) == numbers


def test_a_scan_keeps_local_time_and_place() -> None:
    [scan] = scans_of(made(bizStep="arriving", readPoint={"id": HUB}, **{"milepost:carrier": "sf"}))

    assert scan.number == PARCEL_NUMBER
    assert scan.occurred_at.isoformat() == "2026-05-02T10:00:00+08:00"
    assert (scan.code, scan.carrier) == ("in_transit.arrived_hub", "sf")
    assert scan.place == Place(facility="6901234000016")


def test_a_time_in_utc_is_told_in_the_events_zone() -> None:
    [scan] = scans_of(made(eventTime="2026-05-02T02:00:00Z"))

    assert scan.occurred_at.isoformat() == "2026-05-02T10:00:00+08:00"


def test_what_tells_no_status_is_unknown_and_never_guessed() -> None:
    [scan] = scans_of(made(bizStep="storing", disposition="in_progress"))

    assert (scan.code, scan.text) == ("unknown", "storing · in progress")


def test_a_sensors_report_is_no_scan() -> None:
    assert scans_of(made(bizStep="sensor_reporting")) == []


@pytest.mark.parametrize(
    ("point", "place"),
    [
        ({"id": "geo:30.25,120.17"}, Place(latitude=30.25, longitude=120.17)),
        ({"id": "geo:95.0,120.17"}, Place(facility="geo:95.0,120.17")),
        ({"id": "urn:epc:id:sgln:6901234.00001.G7"}, Place(facility="6901234000016.G7")),
        ({"id": HUB, "milepost:name": "杭州转运中心", "milepost:country": "CN"},
         Place(facility="6901234000016", name="杭州转运中心", country="CN")),
    ],
)  # fmt: skip
def test_read_points_are_places(point: dict[str, Any], place: Place) -> None:
    assert place_of(made(readPoint=point)) == place


def test_master_data_of_the_header_names_places() -> None:
    told = [{"id": "cbvmda:city", "attribute": "Hangzhou"},
            {"id": "cbvmda:countryCode", "attribute": "CN"},
            {"id": "cbvmda:latitude", "attribute": "30.25"},
            {"id": "cbvmda:longitude", "attribute": "120.17"}]  # fmt: skip
    elements = [{"id": HUB, "attributes": told}]
    vocabulary = {"type": "urn:epcglobal:epcis:vtype:Location", "vocabularyElementList": elements}
    header = {"epcisMasterData": {"vocabularyList": [vocabulary]}}
    found = read_value(document(raw(readPoint={"id": HUB}), epcisHeader=header))
    event = event_of(found.events[0][1], found.prefixes)

    assert found.valid
    assert event is not None
    place = place_of(event, found.places)
    assert place is not None
    assert (place.city, place.country, place.latitude) == ("Hangzhou", "CN", 30.25)


@pytest.mark.parametrize(
    ("report", "field", "value"),
    [
        ({"type": "Temperature", "value": 4.5, "uom": "CEL"}, "temperature_mc", 4_500),
        ({"type": "Temperature", "value": 41, "uom": "FAH"}, "temperature_mc", 5_000),
        ({"type": "Temperature", "value": 278.15, "uom": "KEL"}, "temperature_mc", 5_000),
        ({"type": "gs1:RelativeHumidity", "value": 55.5, "uom": "P1"}, "humidity_pm", 555),
        ({"type": "Speed", "value": 36, "uom": "KMH"}, "speed_mm_s", 10_000),
        ({"type": "Acceleration", "value": 9.80665, "uom": "MSK"}, "shock_mg", 1_000),
        ({"type": "Illuminance", "value": 800, "uom": "LUX"}, "light_lux", 800),
        ({"type": "Voltage", "value": 3.6, "uom": "VLT"}, "battery_mv", 3_600),
        ({"type": "Temperature", "meanValue": 2, "minValue": 1, "uom": "CEL"},
         "temperature_mc", 2_000),
    ],
)  # fmt: skip
def test_measurements_in_our_units(report: dict[str, Any], field: str, value: int) -> None:
    [sample] = samples_of(made(sensorElementList=[{"sensorReport": [report]}]))

    assert getattr(sample, field) == value
    assert (sample.asset, sample.at_us) == (f"parcel:{PARCEL_NUMBER}", AT_US)


@pytest.mark.parametrize(
    "report",
    [
        {"type": "Temperature", "value": 4.5, "uom": "KGM"},
        {"type": "Temperature", "uom": "CEL"},
        {"type": "Temperature", "value": 1e300, "uom": "CEL"},
        {"type": "Speed", "value": 4.5, "component": "x", "uom": "MTS"},
        {"type": "Angle", "value": 95, "component": "latitude", "uom": "DD"},
        {"type": "AbsoluteHumidity", "value": 12, "uom": "A93"},
        {"exception": "ALARM_CONDITION"},
    ],
)
def test_what_cannot_be_converted_is_no_sample(report: dict[str, Any]) -> None:
    assert samples_of(made(sensorElementList=[{"sensorReport": [report]}])) == []


def test_a_position_is_one_sample() -> None:
    reports = [{"type": "Angle", "value": 30.25, "component": "latitude", "uom": "DD"},
               {"type": "Angle", "value": 120.17, "component": "cbv:Comp-longitude",
                "uom": "DD"}]  # fmt: skip
    metadata = {"time": "2026-05-02T01:00:00Z", "deviceID": SENSOR}
    element = {"sensorMetadata": metadata, "sensorReport": reports}
    event = made(epcList=[], quantityList=[{"epcClass": "urn:uuid:1"}], sensorElementList=[element])

    assert samples_of(event) == [
        Sample("sensor:6901234S9", AT_US - 3_600_000_000, 302_500_000, 1_201_700_000)
    ]


def test_aggregations_are_containment() -> None:
    name, cage = f"parcel:{PARCEL_NUMBER}", "grai:0690123412345677"

    assert changes_of(aggregation()) == [Change(name, cage, AT_US, "add", "epcis")]
    assert changes_of(aggregation(action="DELETE"))[0].action == "remove"
    assert changes_of(aggregation(action="OBSERVE"))[0].action == "observe"
    assert changes_of(aggregation(action="DELETE", childEPCs=None))[0].child == "*"
    goods = ["urn:epc:id:sgtin:6901234.012345.A1"]
    assert changes_of(aggregation(childEPCs=goods)) == []
    device = aggregation(type="AssociationEvent", childEPCs=[SENSOR])
    assert [one.child for one in changes_of(device)] == ["sensor:6901234S9"]


def test_what_is_declared_wrong_is_undone() -> None:
    declared = {"declarationTime": "2026-05-03T00:00:00Z"}
    [put] = changes_of(aggregation())
    [undone] = changes_of(aggregation(errorDeclaration=declared))

    assert undone == put._replace(at_us=put.at_us + 1, action="remove")
    assert changes_of(aggregation(errorDeclaration=declared, action="OBSERVE")) == []


def test_structs_hold_what_the_event_tells() -> None:
    event = aggregation(
        bizStep="cbv:BizStep-packing",
        bizTransactionList=[{"type": "po", "bizTransaction": "urn:uuid:1"}],
        childQuantityList=[{"epcClass": "urn:uuid:2", "quantity": 3}],
    )

    assert isinstance(event, AggregationEvent)
    assert event.biz_step == "packing"
    assert event.transactions[0].type == "po"
    assert event.quantities[0].quantity == 3
    assert event.things[0] == CAGE


def test_numbers_as_epcs() -> None:
    assert epc_of(PARCEL_NUMBER) == f"https://id.gs1.org/00/{PARCEL_NUMBER}"
    assert epc_of("069012340000000178") == f"{OWN}number:069012340000000178"
