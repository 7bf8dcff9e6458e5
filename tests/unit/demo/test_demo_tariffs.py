"""The demo's carriers have prices, so that a recommendation can be tried on its network."""

from __future__ import annotations

from milepost.demo.tables import table, tariffs
from milepost.engine.tariff_csv import tariffs_of


def test_every_carrier_of_the_demo_that_begins_roads_has_a_tariff() -> None:
    known = tariffs_of(tariffs())
    begins = set(table("carriers")) - {"zto-international"}

    assert {one.carrier for one in known} == begins
    assert all(zone.origins and zone.destinations for one in known for zone in one.zones)
