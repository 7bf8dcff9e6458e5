"""Goods that need care, from their registration to the pages, on a running server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from journey.console_person import Person
from journey.running import NOW, Caller, Running, running, scan

pytest_plugins = ["pg"]
NUMBER = "YT7810000000011"
ITEM = {
    "number": NUMBER, "carrier": "yto", "categories": ["high_value", "fragile"],
    "origin": {"city": "Hangzhou", "country": "CN"},
    "destination": {"city": "Lyon", "country": "FR"},
}  # fmt: skip


@pytest.fixture(scope="module")
def app(module_url: str) -> Iterator[Running]:
    with running(module_url) as started:
        yield started


def caller(app: Running) -> Caller:
    """One whose parcels the public pages show."""
    me = app.caller("Careful Goods")
    app.call(app.client.app.state.milepost._know_tenants)  # type: ignore[attr-defined]
    return me


def page(app: Running, language: str = "en") -> str:
    return app.client.get(f"/t/{NUMBER}?lang={language}").text


def test_labels_steps_and_checks_on_every_page(app: Running) -> None:
    app.clock.now = NOW
    me = caller(app)
    me.register(ITEM)
    _travels(me)
    found = {one["name"]: one["passed"] for one in me.track(NUMBER)["checks"]}
    assert found == {"seal": True, "packing": False, "weight_at_hand_over": True}

    text = page(app)
    for word in ("Fragile", "High value", "Cross-border", "Seal checked", "Export customs",
                 "Have an identity document with your name ready"):  # fmt: skip
        assert word in text, word
    assert "上门核验身份" in page(app, "zh")
    assert "التحقق من الهوية عند الباب" in page(app, "ar")
    assert "Secret Courier" not in text

    _arrives(me)
    assert {"identity", "photograph"} <= {one["name"] for one in me.track(NUMBER)["checks"]}
    assert "Have an identity document" not in page(app)
    console = Person(app, "Careful Goods", "viewer").get(f"/console/shipments/{NUMBER}").text
    for word in ("Care of the goods", "This way up", "Needed checks", "Seal", "Not passed",
                 "Limits that hold", "Shock at most"):  # fmt: skip
        assert word in console, word


def test_a_plain_shipment_has_none_of_it(app: Running) -> None:
    app.clock.now = NOW
    me = caller(app)
    plain = "YT7810000000022"
    me.register({"number": plain, "carrier": "yto"})
    me.scan(scan(plain, carrier="yto", code="picked_up", evidence=["seal:intact"]))

    assert me.track(plain)["checks"] == []
    assert 'id="goods"' not in app.client.get(f"/t/{plain}").text
    console = Person(app, "Careful Goods", "viewer").get(f"/console/shipments/{plain}").text
    assert "Care of the goods" not in console


def test_what_was_set_for_one_shipment_judges_its_temperatures(app: Running) -> None:
    app.clock.now = NOW
    me = caller(app)
    frozen = "YT7810000000033"
    me.register({"number": frozen, "carrier": "yto", "category": "cold_chain"})
    cold: dict[str, Any] = {"measurements": {"temperature_c": -18.0}}
    me.scan(scan(frozen, carrier="yto", code="picked_up", **cold))
    assert [one["passed"] for one in me.track(frozen)["checks"]] == [False]
    own = {"temperature_low_mc": -25_000, "temperature_high_mc": -15_000}

    answer = me.client.put(f"/v1/track/{frozen}/limits", json=own, headers=me.headers)

    assert answer.status_code == 200, answer.text
    assert [one["passed"] for one in me.track(frozen)["checks"]] == [True]
    console = Person(app, "Careful Goods", "viewer").get(f"/console/shipments/{frozen}").text
    assert "-15 °C" in console


def _travels(me: Caller) -> None:
    _scan(me, 60, "picked_up", evidence=["seal:intact", "packing:failed"],
          measurements={"weight_g": 900}, actor="Secret Courier")  # fmt: skip
    _scan(me, 50, "in_transit.departed_country")
    _scan(me, 20, "customs.processing")


def _arrives(me: Caller) -> None:
    _scan(me, 1, "delivered", evidence=["identity:verified", "photograph:7f3a"])


def _scan(me: Caller, hours: float, code: str, **more: Any) -> None:
    me.scan(scan(NUMBER, hours, carrier="yto", code=code, **more))
