"""What happens to a made-up parcel with medicine, told in the protocols of those who see it."""

from __future__ import annotations

import json
import socket
from datetime import datetime, timedelta
from typing import Any

from journey.running import NOW, Caller, Running
from mosquitto import Broker
from patience import until
from unit.devices.device_frames import jt808, jt808_location

NUMBER, UNSIGNED = "YT6800000000019", "YT6800000000028"
BAG, TRUCK, TERMINAL, TAG = "bag:B7", "truck:T9", "19900001234", "3074257bf7194e4000001a85"
CHINA, MINUTE = timedelta(hours=8), timedelta(minutes=1)
MAIL = "ada@example.org"
INK = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L90 40"/></svg>'


def hours(ago: float) -> datetime:
    return NOW - timedelta(hours=ago)


def play(app: Running, me: Caller, broker: Broker, port: int) -> None:
    """The story, told by those to whom it happens."""
    app.clock.now = hours(62)
    me.register({"number": NUMBER, "carrier": "yto", "category": "cold_chain",
                 "order_number": "RX-1", "consignee": {"name": "Ada Example", "email": MAIL},
                 "destination": {"country": "DE", "city": "Berlin"},
                 "origin": {"country": "CN", "city": "Hangzhou"}})  # fmt: skip
    me.register({"number": UNSIGNED, "carrier": "dhl", "category": "cold_chain"})
    app.clock.now = NOW
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
    gate = {"asset": "place:D3", "terminals": [{"protocol": "rfid", "identity": "gate-3"}]}
    tagged = {"asset": BAG, "terminals": [{"protocol": "epc", "identity": TAG}]}
    for one in (gate, tagged):
        assert me.post("/v1/assets", one).status_code < 300


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

    seen = {"reader": "gate-3", "tag": TAG, "at": hours(46).isoformat()}
    assert not me.post("/v1/devices/rfid", [seen]).json()["rejected"]
    me.scan(dhl(40, "customs.info_required"))
    me.scan(dhl(30, "customs.released"))
    me.scan(dhl(10, "out_for_delivery", actor="Max"))
    me.scan(dhl(8, "attempt_failed.no_contact", actor="Max"))


def signed(number: str, **more: Any) -> dict[str, Any]:
    """The scan of the second delivery."""
    return {"number": number, "carrier": "dhl", "code": "delivered.signature", "actor": "Max",
            "occurred_at": hours(1).isoformat(), "device": "pda-de-1",
            "place": {"city": "Berlin", "country": "DE"}, **more}  # fmt: skip
