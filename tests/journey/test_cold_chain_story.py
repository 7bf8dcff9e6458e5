"""One made-up parcel with medicine, through real protocols, and what each of its users then sees.

A courier's device picks it up, it is bagged and loaded into a truck with a JT/T 808 terminal over
TCP and a thermometer over a real MQTT broker; the cooling fails on the road; customs holds it;
nobody is at home; the second delivery is signed with a photograph.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from journey.running import NOW, Caller, Running, running
from journey.serving import free_port
from milepost.wiring import open_store
from milepost.wiring.auditing import audit
from mosquitto import Broker
from patience import until
from unit.devices.device_frames import jt808, jt808_location

pytest_plugins = ["pg"]
NUMBER, BAG, TRUCK, TERMINAL = "YT6800000000019", "bag:B7", "truck:T9", "19900001234"
CHINA = timedelta(hours=8)


def hours(ago: float) -> datetime:
    return NOW - timedelta(hours=ago)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    started = Broker(tmp_path_factory.mktemp("broker"), free_port())
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def app(module_url: str, broker: Broker, port: int) -> Iterator[Running]:
    with running(module_url, mqtt_url=broker.url, device_ports={"jt808": port}) as one:
        yield one


@pytest.fixture(scope="module")
def me(app: Running, broker: Broker, port: int) -> Caller:
    caller = app.caller("pharma")
    play(app, caller, broker, port)
    return caller


def play(app: Running, me: Caller, broker: Broker, port: int) -> None:
    """The story, told by those to whom it happens."""
    me.register({"number": NUMBER, "carrier": "yto", "category": "cold_chain",
                 "order_number": "RX-1", "destination": {"country": "DE", "city": "Berlin"},
                 "origin": {"country": "CN", "city": "Hangzhou"}})  # fmt: skip
    _equip(me)
    _courier_and_truck(me)
    _truck_speaks(port)
    _thermometer_speaks(app, broker)
    _abroad(me)
    app.written()


def _equip(me: Caller) -> None:
    body = {"asset": TRUCK, "label": "Truck 9",
            "terminals": [{"protocol": "jt808", "identity": TERMINAL}]}  # fmt: skip
    assert me.post("/v1/assets", body).status_code < 300


def _courier_and_truck(me: Caller) -> None:
    scans = [
        {"number": NUMBER, "carrier": "yto", "sequence": 1, "action": "collect",
         "occurred_at": hours(60).isoformat(), "weight_g": 1200, "picture": "photograph:pick-up",
         "place": {"city": "Hangzhou", "country": "CN"}},
        {"number": NUMBER, "carrier": "yto", "sequence": 2, "action": "bag", "asset": BAG,
         "occurred_at": hours(58).isoformat()},
        {"number": BAG, "sequence": 3, "action": "load", "asset": TRUCK,
         "occurred_at": hours(57).isoformat()},
    ]  # fmt: skip
    answer = me.post("/v1/devices/scans", {"device": "pda-7", "level": "pda", "actor": "courier-7",
                                           "sent_at": NOW.isoformat(), "scans": scans})  # fmt: skip
    assert answer.status_code == 202, answer.text
    assert not answer.json()["rejected"], answer.text


def _truck_speaks(port: int) -> None:
    clock = (hours(55) + CHINA).strftime("%y%m%d%H%M%S")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(jt808(0x0200, jt808_location(clock=clock)))
        assert line.recv(4096)[1:3] == b"\x80\x01", "acknowledged, so it is stored"


def _thermometer_speaks(app: Running, broker: Broker) -> None:
    """Every ten minutes for ten hours; for fifty minutes the cooling fails."""
    mqtt = next(one for one in app.milepost.features if hasattr(one, "messages"))
    until(lambda: mqtt.client.connected.is_set())
    device = broker.publisher()
    samples = [
        {"asset": TRUCK, "at": (hours(56) + timedelta(minutes=10 * turn)).isoformat(),
         "temperature_c": 11.5 if 20 <= turn <= 25 else 4.5}
        for turn in range(60)
    ]  # fmt: skip
    device.publish("milepost/pharma/truck/T9/samples", json.dumps(samples).encode())
    device.close()
    until(lambda: app.sql("SELECT count(*) FROM telemetry_sample")[0][0] >= 60)


def _abroad(me: Caller) -> None:
    berlin = {"city": "Berlin", "country": "DE"}

    def dhl(ago: float, code: str, **more: Any) -> dict[str, Any]:
        return {"number": NUMBER, "carrier": "dhl", "code": code, "place": berlin,
                "occurred_at": hours(ago).isoformat(), **more}  # fmt: skip

    unload = {"number": BAG, "sequence": 4, "action": "unload", "asset": TRUCK,
              "occurred_at": hours(46).isoformat()}  # fmt: skip
    me.post("/v1/devices/scans", {"device": "pda-8", "level": "pda", "sent_at": NOW.isoformat(),
                                  "scans": [unload]})  # fmt: skip
    me.scan(dhl(40, "customs.info_required"))
    me.scan(dhl(30, "customs.released"))
    me.scan(dhl(10, "out_for_delivery", actor="Max"))
    me.scan(dhl(8, "attempt_failed.no_contact", actor="Max"))


def rules_ever(app: Running) -> set[str]:
    return {row[0] for row in app.sql("SELECT rule FROM alert")}


def test_the_merchant_was_told_of_the_excursion_and_of_customs(app: Running, me: Caller) -> None:
    until(lambda: "temperature_excursion" in rules_ever(app))
    assert "customs_hold" in rules_ever(app)
    curve = me.get(f"/v1/track/{NUMBER}/telemetry", params={"kind": "temperature"}).json()
    assert curve["highest"] == 11.5
    assert len(curve["excursions"]) == 1
    assert "temperature_excursion" not in {one["rule"] for one in me.track(NUMBER)["alerts"]}
    assert 4.5 < curve["mean_kinetic"] < 7


def test_the_parcel_has_its_trucks_position(me: Caller) -> None:
    position = me.get(f"/v1/track/{NUMBER}/position").json()
    assert (position["asset"], position["lat"], position["lon"]) == (TRUCK, 31.25, 121.5)


def test_the_second_delivery_is_a_case_and_ends_signed(app: Running, me: Caller) -> None:
    made = me.post("/v1/cases", {"kind": "second_delivery", "number": NUMBER,
                                 "fields": {"day": "2026-11-20"}}).json()  # fmt: skip
    path = f"/v1/cases/{made['id']}/steps"
    me.post(path, {"action": "carrier_answered", "side": "carrier", "text": "made up: at noon"})
    me.scan({"number": NUMBER, "carrier": "dhl", "code": "delivered.signature", "actor": "Max",
             "occurred_at": hours(1).isoformat(), "device": "pda-de-1",
             "place": {"city": "Berlin", "country": "DE"},
             "evidence": ["photograph:door", "signature:ink"]})  # fmt: skip
    done = me.post(path, {"action": "closed", "body": {"outcome": "delivered"}}).json()
    assert done["intact"]
    assert me.status(NUMBER) == "delivered.signature"
    app.clock.now += timedelta(hours=3)
    time.sleep(0.5)
    assert "sign_off_missing" not in {one["rule"] for one in me.track(NUMBER)["alerts"]}


def test_the_buyer_sees_no_personal_data_and_the_trouble(app: Running, me: Caller) -> None:
    page = app.client.get(f"/t/{NUMBER}").text
    assert NUMBER in page
    assert "Max" not in page
    assert "courier-7" not in page


def test_blame_for_the_warmth_falls_on_whoever_had_it_then(me: Caller) -> None:
    shipment = me.track(NUMBER)["shipment"]
    report = me.get(f"/v1/shipments/{shipment}/liability", params={"problem": "temperature"}).json()
    assert [one["kind"] for one in report["anomalies"]] == ["temperature_excursion"]
    blamed = report["liability"]["by_carrier"]
    assert blamed["yto"] > blamed.get("dhl", 0)
    document = me.get(f"/v1/shipments/{shipment}/liability",
                      params={"problem": "temperature", "format": "pdf"})  # fmt: skip
    assert document.content.startswith(b"%PDF-")


def test_the_record_is_sound_and_a_change_would_be_seen(app: Running, me: Caller) -> None:
    async def checked() -> Any:
        store = await open_store(app.milepost.settings)
        try:
            return await audit(app.milepost.settings, store, lambda _: None)
        finally:
            await store.close()

    assert asyncio.run(checked()).sound
    app.sql("UPDATE journal SET at_us = at_us + 60000000 WHERE code > 0")
    assert not asyncio.run(checked()).sound
