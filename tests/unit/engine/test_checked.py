"""Which checks of the goods' care scans tell of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from milepost.domain.alert import DEFAULT_POLICY
from milepost.domain.scan import Facts, Scan
from milepost.domain.track import Track
from milepost.engine.resolve import Resolver
from milepost.engine.unfold import unfold
from milepost.rules.care import policy_with
from unit.engine.whole import TABLES

START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
NUMBER = "QX8100000888"
RESOLVER = Resolver(TABLES)


def told(hours: float, code: str, **more: Any) -> list[Any]:
    given = {"number": NUMBER, "carrier": "zto", "occurred_at": START + timedelta(hours=hours)}
    now_us = int(START.timestamp() * 1e6) + 86_400_000_000
    return list(RESOLVER.events(1, Scan(**{**given, "code": code, **more}), "api", now_us))


def road(category: str | None, *events: list[Any], **facts: Any) -> Track:
    cares = (category,) if category else ()
    return unfold(
        NUMBER, [one for part in events for one in part], [],
        [Facts(number=NUMBER, categories=cares, **facts)], shipment=7,
        now_s=int(START.timestamp()) + 86_400, policy=policy_with(DEFAULT_POLICY, cares),
    )  # fmt: skip


def checks(category: str | None, *events: list[Any], **facts: Any) -> dict[str, bool]:
    return {one.name: one.passed for one in road(category, *events, **facts).checks}


def test_goods_that_need_no_care_are_not_asked_for() -> None:
    assert checks(None, told(0, "picked_up", evidence=["seal:intact"])) == {}


def test_evidence_names_the_check_and_whether_it_was_passed() -> None:
    assert checks("fragile", told(0, "picked_up", evidence=["packing:ok", "outer_box:Broken"])) == {
        "packing": True, "outer_box": False,
    }  # fmt: skip


def test_only_what_the_goods_need_is_told() -> None:
    assert checks("fragile", told(0, "picked_up", evidence=["seal:intact", "clock:+5 s"])) == {}


def test_the_last_word_holds_and_names_its_event() -> None:
    track = road(
        "high_value",
        told(0, "picked_up", evidence=["seal:intact"], measurements={"weight_g": 1200}),
        told(5, "in_transit.arrived_hub", evidence=["seal:broken"]),
    )

    seal = track.checks[-1]
    assert (seal.name, seal.passed, seal.event) == ("seal", False, track.events[-1].id)
    assert [one.name for one in track.checks] == ["weight_at_hand_over", "seal"]


def test_an_identity_counts_at_the_delivery_and_a_failure_anywhere() -> None:
    early = told(0, "picked_up", evidence=["identity:verified", "photograph:a"])
    failed = told(5, "attempt_failed", evidence=["identity:failed"])
    there = told(9, "delivered", evidence=["identity:verified", "photograph:b"])

    assert checks("high_value", early) == {}
    assert checks("high_value", early, failed) == {"identity": False}
    assert checks("high_value", early, failed, there) == {"identity": True, "photograph": True}


def test_a_temperature_has_to_be_within_what_the_goods_bear() -> None:
    cold = told(0, "picked_up", measurements={"temperature_c": 4.5})
    warm = told(5, "in_transit.arrived_hub", measurements={"temperature_c": 8.1})

    assert checks("cold_chain", cold) == {"temperature_at_hand_over": True}
    assert checks("cold_chain", cold, warm) == {"temperature_at_hand_over": False}


def test_statuses_say_it_too() -> None:
    asked = told(0, "customs.info_required")
    released = told(5, "customs.released")

    assert checks("cross_border", asked) == {"customs_papers": False}
    assert checks("cross_border", asked, released) == {"customs_papers": True}
    assert checks("bulky", told(0, "out_for_delivery.appointment")) == {"appointment": True}


def test_a_name_or_a_signed_delivery_is_a_signature() -> None:
    assert checks("cold_chain", told(0, "delivered.signature")) == {"signature": True}
    assert checks("cold_chain", told(0, "delivered"), signed_by="A*****") == {"signature": True}
    assert checks("cold_chain", told(0, "delivered")) == {}


def test_what_was_taken_back_was_not_checked() -> None:
    made = told(0, "picked_up", evidence=["packing:ok"])
    back = told(1, "picked_up", retracts=f"{made[0].fingerprint & (2**64 - 1):016x}")

    assert checks("fragile", made, back) == {}
