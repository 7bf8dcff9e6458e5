"""What a tenant says of limits, and which of it holds for a shipment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, Protocol

import msgspec
from msgspec import UNSET, Struct, UnsetType

from milepost.domain.alert import DEFAULT_POLICY, Policy
from milepost.domain.care import Care, CareChange, Category
from milepost.domain.scan import Facts
from milepost.engine.policy_lanes import end_named, ends_at
from milepost.rules.care import FIELDS, all_care, changed, policy_with


class Profile(NamedTuple):
    """What of a shipment a policy may ask for. Countries by ISO 3166 alpha-2. `origins` and
    `destinations`: all that its ends may be called, see `policy_lanes.ends_at`.
    """

    categories: tuple[str, ...] = ()
    carrier: str | None = None
    origin: str | None = None
    destination: str | None = None
    service: str | None = None
    origins: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()


PLAIN = Profile()


class When(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which shipments an exception is for: all that is given must hold. `origin` and `destination`
    are a country ("CN"), a state or province ("CN-33") or a town ("Hangzhou").
    """

    category: str | None = None
    carrier: str | None = None
    origin: str | None = None
    destination: str | None = None
    service: str | None = None

    def holds(self, profile: Profile) -> bool:
        fits = self.category is None or self.category in profile.categories
        if not fits or self.carrier not in (None, profile.carrier):
            return False
        if self.service and self.service.casefold() != (profile.service or "").casefold():
            return False
        ends = (
            (self.origin, profile.origin, profile.origins),
            (self.destination, profile.destination, profile.destinations),
        )
        return all(_lies(wanted, country, names) for wanted, country, names in ends)

    @property
    def by_country(self) -> bool:
        """Whether countries are enough to know its lane."""
        ends = (self.origin, self.destination)
        return all(one is None or len(end_named(one) or "") == 2 for one in ends)

    @property
    def weight(self) -> tuple[int, int]:
        """How much it asks for: the exception that asks for more holds over one for less. Of those
        that ask for as much, the one with the narrower lane does.
        """
        count = sum(getattr(self, name) is not None for name in self.__struct_fields__)
        meant = [end_named(one) or "" for one in (self.origin, self.destination) if one]
        return count, sum(2 if ":" in one else "-" in one for one in meant)


def _lies(wanted: str | None, country: str | None, names: tuple[str, ...]) -> bool:
    if wanted is None:
        return True
    meant = end_named(wanted)
    return meant is not None and (meant == country or meant in names)


class PolicyException(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits that hold for some shipments instead of the tenant's usual ones."""

    when: When
    values: dict[str, Any]


class TenantPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tenant's limits: fields of `Policy` that differ from the default, and the exceptions.

    `open_cases`: from which severity on an alert opens a case by itself. `care`: what the tenant
    does otherwise with goods of a category.
    """

    values: dict[str, Any] = {}
    exceptions: tuple[PolicyException, ...] = ()
    open_cases: Literal["warning", "critical", "never"] = "critical"
    care: dict[Category, CareChange] | UnsetType = UNSET


class PolicyStore(Protocol):
    """Where tenants' policies are kept."""

    async def policies(self) -> dict[int, TenantPolicy]: ...

    async def save_policy(self, tenant: int, policy: TenantPolicy) -> None: ...


NOTHING = TenantPolicy()
SETTABLE = FIELDS


def cares_of(tenant: TenantPolicy) -> Mapping[str, Care]:
    """Every category's care as a tenant has it. Raises msgspec.ValidationError."""
    usual = all_care()
    if not tenant.care:
        return usual
    return {**usual, **{name: changed(usual[name], one) for name, one in tenant.care.items()}}


def resolve(
    tenant: TenantPolicy, profile: Profile, cares: Mapping[str, Care] | None = None
) -> Policy:
    """Default, then the tenant's own, then the care of the goods (`cares`, where the tenant's is
    known), then the exceptions that hold.

    Raises msgspec.ValidationError for a value that is no limit.
    """
    own = _with(DEFAULT_POLICY, tenant.values)
    cared = policy_with(own, profile.categories, cares_of(tenant) if cares is None else cares)
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


def profile_of(facts: Iterable[Facts], *, towns: bool = True) -> Profile:
    """The profile of a road of which all this was said, oldest first."""
    profile = PLAIN
    for one in facts:
        profile = widened(profile, one, towns=towns)
    return profile


def widened(profile: Profile, facts: Facts, *, towns: bool = True) -> Profile:
    """A profile after further facts; what they do not say stays. `towns`: whether anybody asks for
    more than the countries of its ends.
    """
    places = (facts.origin, facts.destination)
    ends = [one.country if one else None for one in places]
    names = [ends_at(one) if one and towns else () for one in places]
    return Profile(
        tuple(sorted(facts.categories)) or profile.categories,
        facts.carrier or profile.carrier,
        ends[0] or profile.origin,
        ends[1] or profile.destination,
        facts.service or profile.service,
        names[0] or profile.origins,
        names[1] or profile.destinations,
    )
