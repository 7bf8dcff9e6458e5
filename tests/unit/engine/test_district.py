"""Of where a shipment goes, the town stays and the street does not."""

from __future__ import annotations

import pytest

from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.engine.district import district
from milepost.engine.redact import redact_facts, restored_facts
from milepost.engine.rows import FactRow, Group

NEAR = [
    ("Erdichtete Allee 41b, 89073 Ulm", Place(name="89073 Ulm")),
    ("Ada Erfunden, 12 Made Street, London", Place(name="London")),
    ("浙江省杭州市西湖区编造路90号 张三", Place(name="浙江省杭州市西湖区")),
    ("香港九龍編造道100號", Place(name="香港特别行政区")),
    ("東京都渋谷区架空町1-2-3", Place(city="Tokyo", country="JP")),
    ("Anna Berlin", Place(city="Berlin", country="DE")),
    ("Erdichtete Allee", Place()),
    ("Ada Erfunden", Place()),
]
AS_IT_IS = [
    "Ulm", "广东深圳", "KNOXVILLE TN 37921", "São Paulo, SP, Brazil", "Leipzig Hub", "Москва",
    "10115 Berlin, Germany",
]  # fmt: skip


@pytest.mark.parametrize(("name", "near"), NEAR)
def test_streets_and_people_go(name: str, near: Place) -> None:
    assert district(Place(name=name)) == near


@pytest.mark.parametrize("name", AS_IT_IS)
def test_names_of_places_stay(name: str) -> None:
    place = Place(name=name, country="XX")
    assert district(place) is place


def test_a_town_that_is_known_stays_whatever_stands_beside_it() -> None:
    place = Place(name="Erdichtete Allee 41b", city="Ulm", postal_code="89073")
    assert district(place) == Place(city="Ulm", postal_code="89073")
    assert district(Place(city="Erdichtete Allee 41b, Ulm")) == Place(city="Ulm")


def test_each_of_several_facts_gets_back_its_own() -> None:
    told = [
        Facts(number="AB1", signed_by="Ada Erfunden"),
        Facts(number="AB1", destination=Place(name="Erdichtete Allee 41b, 89073 Ulm")),
        Facts(number="AB1", destination=Place(name="Made Up Farm")),
        Facts(number="AB1", origin=Place(name="Ulm")),
    ]
    group = Group(facts=[FactRow(1, 1, at, "made up", one) for at, one in enumerate(told)])
    redact_facts(group, 0)

    assert [one.facts.destination for one in group.facts] == [
        None, Place(name="89073 Ulm"), Place(), None]  # fmt: skip
    said = [one.fields for one in group.sealed]
    assert [set(one) for one in said] == [{"signed_by"}, {"destination"}, {"destination"}]
    assert [restored_facts(one, said).facts for one in group.facts] == told
