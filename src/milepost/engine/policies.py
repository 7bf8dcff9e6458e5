"""Which policy a road is judged by: the tenant's, under the care of its goods, by lane and carrier.

Most roads have none but their tenant's, so only the others are kept by road.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence

import msgspec

from milepost.domain.alert import DEFAULT_POLICY, Policy
from milepost.domain.care import Care, Limits
from milepost.domain.scan import Facts
from milepost.engine.policy_terms import (
    NOTHING,
    PLAIN,
    Profile,
    TenantPolicy,
    cares_of,
    profile_of,
    resolve,
    widened,
)
from milepost.rules.care import all_care, limits_of

PolicyOf = Callable[[int, int], Policy]  # (tenant, road)
_UNPROFILED = (0, PLAIN)


class Policies:
    """The policies of all tenants, and the roads that have one of their own."""

    def __init__(self, slug: Callable[[str], str] = str.lower) -> None:
        """`slug`: a carrier's, by whichever of its names a merchant calls it."""
        self._slug = slug
        self._tenants: dict[int, TenantPolicy] = {}
        self._plain: dict[int, Policy] = {}
        # Many roads share one pair.
        self._profiles: dict[int, tuple[int, Profile]] = {}
        self._own: dict[int, Policy] = {}
        self._grace: dict[int, int] = {}
        self._known: dict[tuple[int, Profile], tuple[tuple[int, Profile], Policy]] = {}
        self._cares: dict[int, Mapping[str, Care]] = {}
        self._limits: dict[tuple[int, tuple[str, ...]], Limits] = {}
        self._towns: set[int] = set()  # tenants whose exceptions ask for more than countries

    def __call__(self, tenant: int, road: int) -> Policy:
        own = self._own.get(road)
        policy = own if own is not None else self._plain.get(tenant, DEFAULT_POLICY)
        if road in self._grace:
            return msgspec.structs.replace(policy, grace_s=self._grace[road])
        return policy

    def of_facts(self, tenant: int, facts: Iterable[Facts]) -> Policy:
        """The policy of a road of which this is known, kept here or not."""
        profile = profile_of(facts, towns=tenant in self._towns)
        if not self._counts(tenant, profile):
            return self._plain.get(tenant, DEFAULT_POLICY)
        return self._resolved(tenant, profile)[1]

    def of(self, tenant: int) -> TenantPolicy:
        return self._tenants.get(tenant, NOTHING)

    def cares(self, tenant: int) -> Mapping[str, Care]:
        """Every category's care as a tenant has it."""
        return self._cares.get(tenant) or all_care()

    def limits(self, tenant: int, categories: tuple[str, ...]) -> Limits:
        """What sensors may measure with goods of these categories."""
        key = (tenant, categories)
        known = self._limits.get(key)
        if known is None:
            known = self._limits[key] = limits_of(categories, self.cares(tenant))
        return known

    def profile(self, road: int) -> Profile:
        """What is known of a road beyond its scans; PLAIN for most."""
        return self._profiles.get(road, _UNPROFILED)[1]

    def set(self, tenant: int, policy: TenantPolicy) -> None:
        """A tenant's policy from now on; its facts have to be learnt again after it, for those of
        which nothing was kept until now.
        """
        self._tenants[tenant] = policy
        self._plain[tenant] = resolve(policy, PLAIN)
        self._cares[tenant] = cares_of(policy)
        self._known = {key: found for key, found in self._known.items() if key[0] != tenant}
        self._limits = {key: found for key, found in self._limits.items() if key[0] != tenant}
        if all(one.when.by_country for one in policy.exceptions):
            self._towns.discard(tenant)
        else:
            self._towns.add(tenant)
        for road, (whose, profile) in list(self._profiles.items()):
            if whose == tenant:
                self.forget(road)
                self._place(tenant, road, profile)

    def learn(self, tenant: int, road: int, facts: Facts) -> bool:
        """Facts of a road have come; whether another policy holds for it now."""
        before = self(tenant, road)
        towns = tenant in self._towns
        self._place(tenant, road, widened(self.profile(road), facts, towns=towns))
        return self(tenant, road) is not before

    def with_exceptions(self) -> list[int]:
        """The tenants whose policy has exceptions."""
        return [tenant for tenant, policy in self._tenants.items() if policy.exceptions]

    def opening_cases_from(self, severity: str) -> list[int]:
        """The tenants that want a case for alerts of this severity on."""
        return [one for one, policy in self._tenants.items() if policy.open_cases == severity]

    @property
    def all_signed_off(self) -> bool:
        """Whether any tenant wants a proof of delivery whatever the goods."""
        return any(policy.sign_off for policy in self._plain.values())

    @property
    def carriers_matter(self) -> bool:
        return any(self.asks_for_carrier(tenant) for tenant in self._tenants)

    def asks_for_carrier(self, tenant: int) -> bool:
        """Whether an exception of the tenant's names a carrier."""
        return any(one.when.carrier for one in self.of(tenant).exceptions)

    def excuse(self, road: int, grace_s: int) -> None:
        """So much of the road's present silence is explained by notices."""
        if grace_s > 0:
            self._grace[road] = grace_s
        else:
            self._grace.pop(road, None)

    @property
    def excused_roads(self) -> list[int]:
        """The roads that are."""
        return list(self._grace)

    @property
    def excused(self) -> bool:
        """Whether any road is."""
        return bool(self._grace)

    def moved(self, roads: Sequence[int]) -> list[int]:
        """The roads have spoken: those that had been excused and no longer are."""
        return [road for road in dict.fromkeys(roads) if self._grace.pop(road, None) is not None]

    def forget(self, road: int) -> None:
        """The road has left memory, or is another's now."""
        self._profiles.pop(road, None)
        self._own.pop(road, None)

    @property
    def profiled(self) -> Container[int]:
        """The roads that have a profile, to be asked often."""
        return self._profiles

    def roads(self) -> Sequence[int]:
        """The roads that have a profile."""
        return list(self._profiles)

    def cared_for(self, tenant: int) -> list[int]:
        """The tenant's roads whose goods need care."""
        known = self._profiles.items()
        return [road for road, (whose, one) in known if whose == tenant and one.categories]

    def _place(self, tenant: int, road: int, profile: Profile) -> None:
        if not self._counts(tenant, profile):
            return  # there may be millions
        self._profiles[road], policy = self._resolved(tenant, profile)
        if policy == self._plain.get(tenant, DEFAULT_POLICY):
            self._own.pop(road, None)
        else:
            self._own[road] = policy

    def _counts(self, tenant: int, profile: Profile) -> bool:
        """Whether anything asks for it."""
        return bool(profile.categories or self.of(tenant).exceptions)

    def _resolved(self, tenant: int, profile: Profile) -> tuple[tuple[int, Profile], Policy]:
        if profile.carrier:
            profile = profile._replace(carrier=self._slug(profile.carrier))
        key = (tenant, profile)
        known = self._known.get(key)
        if known is None:
            held = resolve(self.of(tenant), profile, self.cares(tenant))
            known = self._known[key] = (key, held)
        return known
