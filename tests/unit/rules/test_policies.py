"""Which limits hold for a shipment: the tenant's, its goods', its lane's, its carrier's."""

from __future__ import annotations

import msgspec
import pytest

from milepost.domain.alert import DEFAULT_POLICY, Policy
from milepost.domain.care import CATEGORIES, Limits
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.engine.policies import Policies
from milepost.engine.policy_terms import (
    PLAIN,
    PolicyException,
    Profile,
    TenantPolicy,
    When,
    resolve,
)
from milepost.rules.care import all_care, limits_of, policy_with, problems

HOUR_S = 3600


def facts(**given: object) -> Facts:
    return Facts(number="YT0000000000011", **given)  # type: ignore[arg-type]


def test_every_category_has_its_care() -> None:
    assert problems() == []
    assert set(all_care()) == set(CATEGORIES)


def test_fragile_goods_may_dwell_two_hours_in_transit() -> None:
    assert policy_with(DEFAULT_POLICY, ["fragile"]).in_transit_dwell_s == 2 * HOUR_S


def test_of_two_categories_the_stricter_limit_holds() -> None:
    both = policy_with(DEFAULT_POLICY, ["fragile", "cold_chain", "high_value"])
    assert both.in_transit_dwell_s == 2 * HOUR_S
    assert both.dwell_s == 6 * HOUR_S
    assert set(both.sign_off) == {"identity", "photograph", "signature"}


def test_of_two_categories_the_stricter_sensor_limit_holds() -> None:
    assert limits_of(["fragile", "bulky"]).shock_mg == 8000
    assert limits_of([]) == Limits()
    assert limits_of(["cold_chain"]).temperature_high_mc == 8000


def test_an_exception_for_more_holds_over_one_for_less() -> None:
    lane = When(origin="CN", destination="DE")
    own = TenantPolicy(
        values={"dwell_s": 10 * HOUR_S},
        exceptions=(
            PolicyException(when=lane, values={"dwell_s": 30 * HOUR_S}),
            PolicyException(when=When(carrier="yto"), values={"dwell_s": 20 * HOUR_S}),
        ),
    )
    assert resolve(own, PLAIN).dwell_s == 10 * HOUR_S
    assert resolve(own, Profile(carrier="yto")).dwell_s == 20 * HOUR_S
    both = Profile(carrier="yto", origin="CN", destination="DE")
    assert resolve(own, both).dwell_s == 30 * HOUR_S


@pytest.mark.parametrize("values", [{"dwell_s": 5}, {"dwell_s": "long"}, {"no_such_limit": 60}])
def test_what_is_no_limit_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        resolve(TenantPolicy(values=values), PLAIN)


def test_a_road_gets_its_own_policy_when_its_goods_become_known() -> None:
    policies = Policies()
    assert policies(1, 7) is DEFAULT_POLICY
    assert not policies.learn(1, 7, facts(service="standard"))
    assert policies.learn(1, 7, facts(categories=("fragile",)))
    assert policies(1, 7).in_transit_dwell_s == 2 * HOUR_S
    assert policies(1, 8) is DEFAULT_POLICY
    assert not policies.learn(1, 7, facts(weight_g=100))  # what facts do not say stays
    assert policies(1, 7).in_transit_dwell_s == 2 * HOUR_S


def test_policies_of_tenants_are_their_own() -> None:
    policies = Policies()
    policies.set(1, TenantPolicy(values={"dwell_s": HOUR_S}))
    assert policies(1, 7).dwell_s == HOUR_S
    assert policies(2, 8) == Policy()


def test_a_lane_is_learnt_from_facts() -> None:
    policies = Policies()
    abroad = PolicyException(when=When(destination="BR"), values={"customs_dwell_s": 600 * HOUR_S})
    policies.set(1, TenantPolicy(exceptions=(abroad,)))
    policies.learn(1, 7, facts(destination=Place(country="BR")))
    assert policies(1, 7).customs_dwell_s == 600 * HOUR_S


def test_most_roads_cost_nothing() -> None:
    policies = Policies()
    for road in range(100):
        policies.learn(1, road, facts(carrier="yto", destination=Place(country="CN")))
    assert policies.roads() == []


def test_an_exception_that_is_taken_back_no_longer_holds() -> None:
    """Also for roads of which only the carrier is known, and of which no facts will be told."""
    policies, tenant, road = Policies(), 1, 7
    by_carrier = PolicyException(when=When(carrier="yto"), values={"dwell_s": 20 * HOUR_S})
    policies.set(tenant, TenantPolicy(exceptions=(by_carrier,)))
    policies.learn(tenant, road, facts(carrier="yto"))
    assert policies(tenant, road).dwell_s == 20 * HOUR_S
    by_category = PolicyException(when=When(category="bulky"), values={"dwell_s": 30 * HOUR_S})
    policies.set(tenant, TenantPolicy(exceptions=(by_category,)))
    assert policies(tenant, road) == DEFAULT_POLICY
    policies.set(tenant, TenantPolicy())
    assert policies(tenant, road) == DEFAULT_POLICY
