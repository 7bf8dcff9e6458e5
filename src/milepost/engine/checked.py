"""Which of the checks that goods need were made, as far as scans tell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from importlib.resources import files

import msgspec
from msgspec import Struct

from milepost.domain.care import CATEGORIES, Limits, is_passed
from milepost.domain.event import Event
from milepost.domain.scan import Facts, id_text
from milepost.domain.settle import MAIN
from milepost.domain.track import CareView, CheckView
from milepost.engine.timeline import time_text
from milepost.rules.care import Cares, all_care, limits_of


class _Told(Struct, frozen=True):
    """See `checked.toml`."""

    proofs: frozenset[str]
    measured: dict[str, str]
    passed: dict[str, str]
    failing: dict[str, str]


_TOLD = msgspec.toml.decode((files("milepost.engine") / "checked.toml").read_bytes(), type=_Told)


def checks_of(
    events: Sequence[Event],
    facts: Facts,
    sign_off: Iterable[str] = (),
    taken_back: Container[int] = (),
    limits_over: Callable[[Limits], Limits] | None = None,
    cares: Cares | None = None,
) -> list[CheckView]:
    """The last word on each check that these goods need, in the order of the scans.

    `events` are oldest first; what was taken back does not count. `sign_off` is what a delivery
    must be proved with, and counts at the delivery only. `limits_over` puts the shipment's own
    limits in place of its category's. `cares`: what categories need, where not the usual.
    """
    needed = {*_needed(facts.categories, cares), *sign_off}
    if not needed:
        return []
    cared, found = limits_of(facts.categories, cares), dict[str, CheckView]()
    limits = limits_over(cared) if limits_over is not None else cared
    for event in events:
        if event.fingerprint in taken_back:
            continue
        for name, passed in _told(event, limits, signed=bool(facts.signed_by)):
            if name in needed and (MAIN[event.code] == "delivered" or not _early(name, passed)):
                found.pop(name, None)
                found[name] = CheckView(
                    name=name, passed=passed, at=time_text(event), event=id_text(event.fingerprint)
                )
    return list(found.values())


def _needed(categories: Iterable[str], cares: Cares | None) -> frozenset[str]:
    """The checks of categories, and the steps of theirs that a scan may tell of as well."""
    known = goods_of(categories, cares)
    return frozenset(name for care in known for name in (*care.checks, *care.nodes))


def goods_of(categories: Iterable[str], cares: Cares | None = None) -> list[CareView]:
    """What a shipment's categories need, in the order in which they are always told."""
    held, wanted = cares or all_care(), set(categories)
    known = [held[one] for one in CATEGORIES if one in wanted and one in held]
    return [
        CareView(category=one.category, labels=one.labels, checks=one.checks, nodes=one.nodes)
        for one in known
    ]


def _early(name: str, passed: bool) -> bool:
    return passed and name in _TOLD.proofs


def _told(event: Event, limits: Limits, *, signed: bool) -> Iterator[tuple[str, bool]]:
    """The (check, whether passed) that one event tells of."""
    if signed and MAIN[event.code] == "delivered":
        yield "signature", True
    if name := _TOLD.passed.get(event.sub):
        yield name, True
    if name := _TOLD.failing.get(event.sub):
        yield name, False
    for measure, value in (event.body.measurements or {}).items():
        if (name := _TOLD.measured.get(measure)) and isinstance(value, int | float):
            yield name, _within(measure, value, limits)
    for evidence in event.body.evidence or ():
        kind, _, reference = evidence.partition(":")
        yield kind, is_passed(reference)


def _within(measure: str, value: float, limits: Limits) -> bool:
    """Weights are only taken; a temperature has to be allowed as well."""
    if not measure.startswith("temperature"):
        return True
    value_mc = value * 1_000 if measure.endswith("_c") else value
    low, high = limits.temperature_low_mc, limits.temperature_high_mc
    return (low is None or value_mc >= low) and (high is None or value_mc <= high)
