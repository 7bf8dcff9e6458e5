"""Every API version's shape, from the one table."""

from __future__ import annotations

from typing import Any

import pytest

from milepost.compat.aftership import reshape, versions
from milepost.compat.aftership.checkpoints import checkpoint
from milepost.compat.aftership.shape import View, tracking
from milepost.compat.core import Watch
from milepost.compat.core.crosswalk import crosswalk
from milepost.domain.place import Place
from milepost.domain.track import EventView

ALL = (
    "v4", "2023-10", "2024-01", "2024-04", "2024-07", "2024-10", "2025-01", "2025-04", "2025-07",
    "2026-01", "2026-07",
)  # fmt: skip
VIEW = View(crosswalk(), "https://track.example", 1_900_000_000)


def shown(version: str, **options: Any) -> dict[str, Any]:
    watch = Watch(tenant=1, dialect="aftership", number="QX81", id=7, options=options)
    event = EventView(
        id="a" * 16, occurred_at="2030-03-01T10:00:00", time_quality="naive", main="in_transit",
        sub="in_transit.moving", text="Left", carrier="ups", source="api", number="QX81",
        place=Place(city="Ulm", country="DE", postal_code="89073", latitude=48.4, longitude=10.0),
        next_place=None, code=None, received_at="2030-03-01T10:01:00+00:00",
    )  # fmt: skip
    one = tracking(watch, None, VIEW) | {
        "checkpoints": [checkpoint(event, "ups", VIEW.crosswalk)],
        "courier_estimated_delivery_date": {"estimated_delivery_date": "2030-03-04"},
        "shipment_weight": {"unit": "kg", "value": 1.5},
    }
    return versions.older_tracking(one, version)


# Field of the tracking → the versions that have it.
FIELDS = {
    "shipment_dimensions": ("2026-07",),
    "last_mile_tracking_supported": ALL[:9],
    "tracking_postal_code": ALL[:7],
    "customers": ALL[6:],
    "emails": ALL[:6],
    "next_couriers": ALL[:6],
    "last_mile": ALL[6:],
    "first_mile": ALL[6:],
    "last_updated_at": ALL[:6],
    "origin_country_region": ALL[6:],
    "origin_country_iso3": ALL[:6],
    "tracking_origin_country": ALL[:6],
    "tracking_origin_country_region": ("2025-01",),
    "expected_delivery": ALL[:5],
    "courier_estimated_delivery_date": ALL[5:],
    "aftership_tracking_url": ALL[5:],
    "legacy_id": ALL[4:],
    "shipment_weight_unit": ALL[:4],
    "failed_delivery_attempts": ALL[3:],
    "delivery_time": ALL[:2],
}
CHECKPOINT_FIELDS = {
    "hash": ("2026-07",),
    "postal_code": ALL[9:],
    "zip": ALL[:9],
    "source": ALL[6:],
    "country_region": ALL[6:],
    "country_iso3": ALL[:6],
    "country_name": ALL[:6],
    "coordinate": ALL[3:],
    "coordinates": ALL[:3],
}


@pytest.mark.parametrize("version", ALL)
def test_each_version_has_its_fields(version: str) -> None:
    one = shown(version)

    assert {name for name in FIELDS if name in one} == {
        name for name, having in FIELDS.items() if version in having
    }
    assert {name for name in CHECKPOINT_FIELDS if name in one["checkpoints"][0]} == {
        name for name, having in CHECKPOINT_FIELDS.items() if version in having
    }


def test_values_go_with_their_names() -> None:
    promised = {"promised_delivery_date": "2030-03-05"}
    old = shown("v4", order_promised_delivery_date=promised, customers=[{"email": "a@b.example"}])

    assert old["expected_delivery"] == "2030-03-04"
    assert (old["shipment_weight"], old["shipment_weight_unit"]) == (1.5, "kg")
    assert old["order_promised_delivery_date"] == "2030-03-05"
    assert old["emails"] == ["a@b.example"]
    assert old["custom_fields"] == {}
    assert old["checkpoints"][0]["coordinates"] == [10.0, 48.4]
    assert old["checkpoints"][0]["country_iso3"] == "DEU"
    assert shown("2025-07")["custom_fields"] is None


def test_what_old_clients_send_is_read_in_the_newest_names() -> None:
    told = versions.newer(
        {
            "title": "x", "emails": "a@b.example", "smses": ["+31"], "customer_name": "Ada",
            "origin_country_iso3": "DEU", "tracking_destination_country": "NLD",
            "tracking_postal_code": "3511", "next_couriers": [{"slug": "dpd"}],
            "order_promised_delivery_date": "2030-03-05",
        },
        "v4",
    )  # fmt: skip

    assert told == {
        "title": "x",
        "customers": [{"email": "a@b.example", "name": "Ada"}, {"phone_number": "+31"}],
        "origin_country_region": "DEU",
        "destination_country_region": "NLD",
        "destination_postal_code": "3511",
        "last_mile": {"slug": "dpd"},
        "order_promised_delivery_date": {"promised_delivery_date": "2030-03-05"},
    }


def test_newest_names_mean_nothing_else_in_the_newest_version() -> None:
    body = {"emails": ["a"], "origin_country_region": "DEU"}

    assert versions.newer(body, "2026-07") == body


def test_months_without_a_release_are_as_the_one_before() -> None:
    assert "zip" in shown("2025-11")["checkpoints"][0]
    assert versions.is_version("2025-11")
    assert shown("2027-01") == shown("2026-07")
    assert not any(map(versions.is_version, ("v4", "2026-13", "2026-7", "x2026-07", "2026-07-01")))


def test_every_step_names_shapes_that_exist() -> None:
    for step in versions._read().step:
        for kind in ("tracking", "checkpoint", "courier"):
            assert set(step.of(kind).shapes) <= set(reshape.DOWN)


# What AfterShip's own typed clients (PHP's, for one) take no null for, by its models.
_NEVER_NULL = {
    "id", "legacy_id", "created_at", "updated_at", "last_updated_at", "tracking_number", "slug",
    "active", "emails", "smses", "source", "subtag", "subtag_message", "title", "tracked_count",
    "unique_token", "checkpoints", "subscribed_smses", "subscribed_emails", "return_to_sender",
    "order_tags", "shipment_tags", "next_couriers",
}  # fmt: skip
_NEVER_NULL_OF_CHECKPOINTS = {
    "created_at", "slug", "checkpoint_time", "message", "subtag", "subtag_message",
}  # fmt: skip


@pytest.mark.parametrize("version", ALL)
def test_nothing_is_null_that_typed_clients_refuse(version: str) -> None:
    found = shown(version)

    assert {name for name in _NEVER_NULL if name in found and found[name] is None} == set()
    (point,) = found["checkpoints"]
    assert {name for name in _NEVER_NULL_OF_CHECKPOINTS if point[name] is None} == set()
    assert found["slug"] == "unrecognized"
