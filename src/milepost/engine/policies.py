"""Which policy a road is judged by: the tenant's, under the care of its goods, by lane and carrier.

Most roads have none but their tenant's, so only the others are kept by road.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import msgspec
from msgspec import Struct

from milepost.domain.alert import DEFAULT_POLICY, Policy
from milepost.domain.scan import Facts
from milepost.rules.care import policy_with

PolicyOf = Callable[[int, int], Policy]  # (tenant, road)


class Profile(NamedTuple):
    """What of a shipment a policy may ask for. Countries by ISO 3166 alpha-2."""

    categories: tuple[str, ...] = ()
    carrier: str | None = None
    origin: str | None = None
    destination: str | None = None


PLAIN = Profile()
_UNPROFILED = (0, PLAIN)


class When(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which shipments an exception is for: all that is given must hold."""

    category: str | None = None
    carrier: str | None = None
    origin: str | None = None
    destination: str | None = None

    def holds(self, profile: Profile) -> bool:
        pairs = ((self.carrier, profile.carrier), (self.origin, profile.origin),
                 (self.destination, profile.destination))  # fmt: skip
        fits = self.category is None or self.category in profile.categories
        return fits and all(wanted in (None, given) for wanted, given in pairs)

    @property
    def weight(self) -> int:
        """How much it asks for: the exception that asks for more holds over one for less."""
        return sum(getattr(self, name) is not None for name in self.__struct_fields__)


class PolicyException(Struct, frozen=True, kw_only=True):
    """Limits that hold for some shipments instead of the tenant's usual ones."""

    when: When
    values: dict[str, Any]


class TenantPolicy(Struct, frozen=True, kw_only=True):
    """A tenant's limits: fields of `Policy` that differ from the default, and the exceptions.

    `open_cases`: from which severity on an alert opens a case by itself.
    """

    values: dict[str, Any] = {}
    exceptions: tuple[PolicyException, ...] = ()
    open_cases: Literal["warning", "critical", "never"] = "critical"


class PolicyStore(Protocol):
    """Where tenants' policies are kept."""

    async def policies(self) -> dict[int, TenantPolicy]: ...

    async def save_policy(self, tenant: int, policy: TenantPolicy) -> None: ...


NOTHING = TenantPolicy()
SETTABLE = frozenset(Policy.__struct_fields__) - {"grace_s"}


def resolve(tenant: TenantPolicy, profile: Profile) -> Policy:
    """Default, then the tenant's own, then the care of the goods, then the exceptions that hold.

    Raises msgspec.ValidationError for a value that is no limit.
    """
    own = _with(DEFAULT_POLICY, tenant.values)
    cared = policy_with(own, profile.categories)
    fitting = [one for one in tenant.exceptions if one.when.holds(profile)]
    for one in sorted(fitting, key=lambda one: one.when.weight):
        cared = _with(cared, one.values)
    return cared


def _with(policy: Policy, values: dict[str, Any]) -> Policy:
    if not values:
        return policy
    unknown = sorted(set(values) - SETTABLE)
    if unknown:
        raise msgspec.ValidationError(f"There is no limit called {', '.join(unknown)}")
    return msgspec.convert({**msgspec.structs.asdict(policy), **values}, Policy)


class Policies:
    """The policies of all tenants, and the roads that have one of their own."""

    def __init__(self) -> None:
        self._tenants: dict[int, TenantPolicy] = {}
        self._plain: dict[int, Policy] = {}
        # Many roads share one pair.
        self._profiles: dict[int, tuple[int, Profile]] = {}
        self._own: dict[int, Policy] = {}
        self._grace: dict[int, int] = {}
        self._known: dict[tuple[int, Profile], tuple[tuple[int, Profile], Policy]] = {}

    def __call__(self, tenant: int, road: int) -> Policy:
        own = self._own.get(road)
        policy = own if own is not None else self._plain.get(tenant, DEFAULT_POLICY)
        if road in self._grace:
            return msgspec.structs.replace(policy, grace_s=self._grace[road])
        return policy

    def of_facts(self, tenant: int, facts: Iterable[Facts]) -> Policy:
        """The policy of a road of which this is known, kept here or not."""
        profile = PLAIN
        for one in facts:
            profile = widened(profile, one)
        if not self._counts(tenant, profile):
            return self._plain.get(tenant, DEFAULT_POLICY)
        return self._resolved(tenant, profile)[1]

    def of(self, tenant: int) -> TenantPolicy:
        return self._tenants.get(tenant, NOTHING)

    def profile(self, road: int) -> Profile:
        """What is known of a road beyond its scans; PLAIN for most."""
        return self._profiles.get(road, _UNPROFILED)[1]

    def set(self, tenant: int, policy: TenantPolicy) -> None:
        """A tenant's policy from now on; its facts have to be learnt again after it, for those of
        which nothing was kept until now.
        """
        self._tenants[tenant] = policy
        self._plain[tenant] = resolve(policy, PLAIN)
        self._known = {key: found for key, found in self._known.items() if key[0] != tenant}
        for road, (whose, profile) in list(self._profiles.items()):
            if whose == tenant:
                self.forget(road)
                self._place(tenant, road, profile)

    def learn(self, tenant: int, road: int, facts: Facts) -> bool:
        """Facts of a road have come; whether another policy holds for it now."""
        before = self(tenant, road)
        self._place(tenant, road, widened(self.profile(road), facts))
        return self(tenant, road) is not before

    def with_exceptions(self) -> list[int]:
        """The tenants whose policy has exceptions."""
        return [tenant for tenant, policy in self._tenants.items() if policy.exceptions]

    def opening_cases_from(self, severity: str) -> list[int]:
        """The tenants that want a case for alerts of this severity on."""
        return [one for one, policy in self._tenants.items() if policy.open_cases == severity]

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
        key = (tenant, profile)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = (key, resolve(self.of(tenant), profile))
        return known


def widened(profile: Profile, facts: Facts) -> Profile:
    """A profile after further facts; what they do not say stays."""
    ends = [one.country if one else None for one in (facts.origin, facts.destination)]
    return Profile(
        tuple(sorted(facts.categories)) or profile.categories,
        facts.carrier or profile.carrier,
        ends[0] or profile.origin,
        ends[1] or profile.destination,
    )
