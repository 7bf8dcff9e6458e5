"""Reports never hold what the vault may be asked to forget."""

from __future__ import annotations

from milepost.analytics.spots import spot
from milepost.domain.place import Place


def test_a_facility_is_named_without_its_telephone_number() -> None:
    found = spot(Place(name="云溪网点 13912345678", city="杭州"))

    assert found.facility == "云溪网点 139******78"
    assert spot(Place(name="云溪网点", city="杭州")).facility == "云溪网点"
