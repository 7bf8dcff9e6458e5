from __future__ import annotations

import pytest
from network_samples import truth

from milepost.demo.stages import STAGES
from milepost.demo.tables import table
from milepost.domain.status import STATUSES

LANGUAGES = ("zh", "en", "de", "fr")


def kinds_of(scenario: list[str]) -> set[str]:
    return {stage.split()[0] for stage in scenario if stage not in STAGES}


def test_scenarios_are_made_of_known_stages_and_subs() -> None:
    for name, scenario in table("scenarios").items():
        for kind in kinds_of(scenario):
            assert kind.partition("@")[0] in STATUSES, name


def test_the_cast_names_known_scenarios_and_adds_up() -> None:
    rows = table("cast")["phase"].values()

    assert sum(row["share"] for row in rows) == pytest.approx(1)
    for row in rows:
        assert {*row["scenarios"], *row["abroad"]} <= set(table("scenarios"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_of_known_subs(language: str) -> None:
    for kind, forms in table(f"texts/{language}").items():
        assert kind.partition("@")[0] in STATUSES
        assert forms


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_domestic_kind_has_words_in_every_language(language: str) -> None:
    domestic = {
        kind
        for name, scenario in table("scenarios").items()
        if not name.startswith("abroad")
        for kind in kinds_of(scenario)
    }
    endings = table("endings")["cn" if language == "zh" else "eu"]
    domestic |= {*endings, "in_transit.arrived_dest_station", "picked_up"}

    assert domestic <= set(table(f"texts/{language}"))


def test_no_place_is_without_a_name_but_a_door() -> None:
    for shipment in truth():
        for event in shipment.parcels[0].events:
            place = event.stop.place
            assert place.city
            assert place.country
            assert (place.facility is None) == (event.stop.kind == "door")
