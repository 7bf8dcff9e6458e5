"""The card of the goods' care on a shipment's page."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from milepost.domain.care import CATEGORIES
from milepost.domain.track import CheckView, Track
from milepost.pages.console.care import CareCard, care_card
from milepost.pages.console.words import known
from milepost.rules.care import all_care
from unit.pages.samples import SAMPLES

POLICY: dict[str, Any] = {"own": {"values": {}, "exceptions": []}}


def of(name: str, *categories: str, checks: tuple[CheckView, ...] = ()) -> Track:
    return replace(SAMPLES[name], categories=list(categories), checks=list(checks))


def card(track: Track, *pieces: dict[str, Any], **more: Any) -> CareCard:
    found = care_card(track, {"policy": POLICY, "evidence": {"evidence": list(pieces)}, **more})
    assert found is not None
    return found


def states(found: CareCard) -> dict[str, str]:
    return {one.name: one.state for one in found.checks}


def test_a_plain_shipment_has_none() -> None:
    assert care_card(SAMPLES["on-the-way"], {"policy": POLICY, "evidence": None}) is None


def test_every_word_of_the_care_files_is_known_to_the_console() -> None:
    for name in CATEGORIES:
        care = all_care()[name]
        found = card(of("on-the-way", name))
        assert all(known(f"category.{one}") for one in found.categories)
        assert all(known(f"care_label.{one}") for one in care.labels)
        for one in found.checks:
            assert known(f"{'evidence_kind' if one.proof else 'care_check'}.{one.name}"), one
            assert known(f"care_state.{one.state}")
        assert [one for one, _ in found.limits if not known(f"limit.{one}")] == []


def test_each_check_says_whether_it_was_made() -> None:
    seal = CheckView(name="seal", passed=False, at="2026-11-23T08:00:00+01:00", event="e1")
    weight = replace(seal, name="weight_at_hand_over", passed=True)

    found = card(of("out-for-delivery", "high_value", checks=(seal, weight)))

    assert states(found) == {
        "seal": "failed", "weight_at_hand_over": "passed", "identity": "open", "photograph": "open",
    }  # fmt: skip
    assert [one.name for one in found.checks if one.proof] == ["identity", "photograph"]


def test_a_file_of_the_proof_of_delivery_counts() -> None:
    at = "2026-11-24T08:02:00Z"
    identity = {"kind": "identity", "passed": False, "received_at": at}
    photograph = {"kind": "photograph", "received_at": at}

    found = states(card(of("delivered", "high_value"), identity, photograph))

    assert (found["identity"], found["photograph"]) == ("failed", "passed")
    assert found["seal"] == "missing"


def test_the_limits_are_those_that_hold_for_this_shipment() -> None:
    own = {
        "values": {"no_movement_s": 100_000},
        "exceptions": [{"when": {"category": "fragile"}, "values": {"dwell_s": 7_200}}],
    }

    found = dict(card(of("on-the-way", "fragile"), policy={"own": own}).limits)

    assert found["dwell_s"] == 7_200
    assert found["in_transit_dwell_s"] == 7_200
    assert found["shock_mg"] == 8_000
    assert "no_movement_s" not in found
    assert "excursion_s" not in found
    assert dict(card(of("on-the-way", "cold_chain")).limits)["excursion_s"] == 600


def test_what_was_set_for_one_shipment_stands_in_place_of_its_categorys() -> None:
    frozen = {"limits": {"temperature_low_mc": -25_000, "temperature_high_mc": -15_000}}

    found = dict(card(of("on-the-way", "cold_chain"), limits=frozen).limits)

    assert (found["temperature_low_mc"], found["temperature_high_mc"]) == (-25_000, -15_000)
