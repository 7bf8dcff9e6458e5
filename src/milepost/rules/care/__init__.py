"""Care by category, one file each, found by being here."""

from __future__ import annotations

import tomllib
from collections.abc import Container, Iterable, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from milepost.domain.alert import Policy
from milepost.domain.care import CATEGORIES, Care, CareChange, Limits

FIELDS = frozenset(Policy.__struct_fields__) - {"grace_s"}
Cares = Mapping[str, Care]  # by category


@cache
def all_care() -> dict[str, Care]:
    """Every category's care by its name, which is its file's."""
    folder = files(__name__)
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {one.name[:-5]: _read(one.name[:-5], one.read_text("utf-8")) for one in found}


def _read(category: str, text: str) -> Care:
    return msgspec.convert({"category": category, **tomllib.loads(text)}, Care)


def changed(care: Care, change: CareChange) -> Care:
    """A category's care as a tenant wants it. Raises msgspec.ValidationError."""
    _known("limit of a policy", change.policy, FIELDS)
    _known("limit of sensors", change.limits, Limits.__struct_fields__)
    limits = {**msgspec.to_builtins(care.limits), **change.limits}
    told = {name: getattr(change, name) for name in ("labels", "checks", "nodes")}
    found = msgspec.structs.replace(
        care, policy={**care.policy, **change.policy}, limits=msgspec.convert(limits, Limits),
        **{name: names for name, names in told.items() if names is not None},
    )  # fmt: skip
    policy_with(Policy(), [care.category], {care.category: found})
    return found


def _known(what: str, given: Iterable[str], names: Container[str]) -> None:
    unknown = sorted(name for name in given if name not in names)
    if unknown:
        raise msgspec.ValidationError(f"There is no {what} called {', '.join(unknown)}")


def policy_with(policy: Policy, categories: Iterable[str], cares: Cares | None = None) -> Policy:
    """A policy under the care of categories (`cares`: not the usual). Where two differ, the
    stricter one holds.
    """
    stricter: dict[str, object] = {}
    for category in sorted(categories):
        care = (all_care() if cares is None else cares).get(category)
        for name, value in care.policy.items() if care else ():
            stricter[name] = _stricter(stricter[name], value) if name in stricter else value
    return msgspec.convert({**msgspec.structs.asdict(policy), **stricter}, Policy)


def limits_of(categories: Iterable[str], cares: Cares | None = None) -> Limits:
    """What sensors may measure with goods of these categories; the stricter limit holds."""
    strictest: dict[str, int] = {}
    for category in sorted(categories):
        care = (all_care() if cares is None else cares).get(category)
        for name, value in msgspec.to_builtins(care.limits).items() if care else ():
            low = name.endswith("_low_mc")
            known = strictest.get(name, value)
            strictest[name] = max(known, value) if low else min(known, value)
    return msgspec.convert(strictest, Limits)


def _stricter(one: object, other: object) -> object:
    if isinstance(one, int) and isinstance(other, int):
        return min(one, other)
    if one is None or other is None:  # a limit that may be absent
        return other if one is None else one
    assert isinstance(one, list | tuple)
    assert isinstance(other, list | tuple)
    return sorted({*one, *other})


def problems() -> list[str]:
    """What is wrong with the care files, for `milepost check`."""
    found = [f"no care file for {one}" for one in CATEGORIES if one not in all_care()]
    for category, care in all_care().items():
        if category not in CATEGORIES:
            found.append(f"care {category} is no category")
        found += [f"care {category}: no such limit: {name}" for name in set(care.policy) - FIELDS]
        try:
            policy_with(Policy(), [category])
        except msgspec.ValidationError as error:
            found.append(f"care {category}: {error}")
    return found
