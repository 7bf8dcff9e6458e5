"""The automatic check of a report: what the record itself says of it. Pure.

A buyer says "it is broken" or "I never got it"; before anybody works on that, the record is read:
what it shows that fits, what speaks against it, and what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from milepost.domain.track import EventView, Track

Weight = Literal["supports", "contradicts", "missing", "neutral"]
PROBLEMS = ("not_received", "damaged", "late", "wrong_item", "incomplete", "wet", "opened", "other")
# What may have hurt goods: that it is over heals nothing.
HURT = {"shock", "tilted", "opened", "temperature_excursion", "humidity_excursion"}
_SLOW = {
    "dwell", "no_movement", "promise_broken", "promise_at_risk", "customs_hold", "customs_dwell",
    "detour",
    "detour_network", "missort", "off_planned_path", "silence_abnormal",
}  # fmt: skip
_GONE = {"possible_loss", "delivered_far", "sign_off_missing", "unsigned"}
# Problem → rules whose alerts bear it out.
_TELLING = {
    "damaged": HURT, "wet": HURT, "opened": HURT, "incomplete": HURT, "late": _SLOW,
    "not_received": _GONE | _SLOW, "other": HURT | _GONE,
}  # fmt: skip


class Found(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that the record says. `code` has a text in every language; `events` back it."""

    code: str
    weight: Weight
    events: tuple[str, ...] = ()
    detail: dict[str, Any] = {}


def check(problem: str, track: Track | None) -> list[Found]:
    """What the record says of a problem, most telling first; never empty."""
    if track is None:
        return [Found(code="no_record", weight="missing")]
    found = [*_CHECKS.get(problem, _anything)(track), *_alerts(problem, track)]
    order = {"supports": 0, "contradicts": 1, "missing": 2, "neutral": 3}
    ranked = sorted(found, key=lambda one: order[one.weight])
    return ranked or [Found(code="nothing_unusual", weight="neutral")]


def _standing(track: Track, *mains: str) -> list[EventView]:
    return [one for one in track.events if one.main in mains and one.retracted_by is None]


def _not_received(track: Track) -> Iterator[Found]:
    delivered = _standing(track, "delivered")
    if not delivered:
        yield Found(code="not_delivered_yet", weight="supports", detail={"main": track.status.main})
        return
    last = delivered[-1]
    evidence = [one for event in delivered for one in event.evidence or ()]
    detail = {"sub": last.sub, "at": last.occurred_at, "evidence": evidence}
    yield Found(code="delivered_by_record", weight="contradicts", events=(last.id,), detail=detail)
    if last.sub in ("delivered.proxy/neighbor", "delivered.locker_or_pickup_point"):
        yield Found(code="left_elsewhere", weight="supports", events=(last.id,), detail=detail)
    if not evidence:
        yield Found(code="no_proof_of_delivery", weight="missing", events=(last.id,))


def _damaged(track: Track) -> Iterator[Found]:
    hurt = [one for one in track.events if one.sub == "exception.damaged"]
    if hurt:
        yield Found(code="damage_reported", weight="supports", events=tuple(one.id for one in hurt))
    photographs = [
        one.id
        for one in _standing(track, "delivered", "picked_up")
        if any(part.startswith("photograph:") for part in one.evidence or ())
    ]
    yield Found(
        code="photographs_to_compare" if photographs else "no_photograph",
        weight="neutral" if photographs else "missing",
        events=tuple(photographs),
    )


def _late(track: Track) -> Iterator[Found]:
    said = track.promise or track.arrival
    promised = said.latest if said else None
    delivered = _standing(track, "delivered")
    if promised is None:
        yield Found(code="nothing_promised", weight="missing")
    elif delivered and (late_h := _hours(promised, delivered[0].occurred_at)) is not None:
        code, weight = _lateness(late_h)
        yield Found(code=code, weight=weight, events=(delivered[0].id,),
                    detail={"promised": promised, "late_h": late_h})  # fmt: skip
    for notice in track.notices:
        yield Found(code="held_up_by_notice", weight="supports", detail={"title": notice.title})


def _lateness(late_h: int) -> tuple[str, Weight]:
    return ("delivered_late", "supports") if late_h > 0 else ("delivered_in_time", "contradicts")


def _contents(track: Track) -> Iterator[Found]:
    weights = [
        (one.id, one.measurements["weight_g"])
        for one in track.events
        if one.measurements and isinstance(one.measurements.get("weight_g"), int)
    ]
    if len(weights) < 2:
        yield Found(code="not_weighed_twice", weight="missing")
        return
    (first, start_g), (last, end_g) = weights[0], weights[-1]
    differs = abs(end_g - start_g) > max(50, start_g // 20)
    yield Found(
        code="weight_changed" if differs else "weight_unchanged",
        weight="supports" if differs else "contradicts",
        events=(first, last),
        detail={"first_g": start_g, "last_g": end_g},
    )


def _anything(_: Track) -> Iterator[Found]:
    return iter(())


def _alerts(problem: str, track: Track) -> Iterator[Found]:
    for alert in track.alerts:
        if alert.rule in _TELLING.get(problem, ()):
            ended = {"until": alert.cleared_at} if alert.cleared_at else {}
            detail = {"rule": alert.rule, "at": alert.opened_at, **ended, **alert.detail}
            yield Found(code="alert_stands", weight="supports", detail=detail)


def _hours(promised: str, at: str) -> int | None:
    """Whole hours by which `at` is after `promised`; None where one of them has no zone."""
    one, other = datetime.fromisoformat(promised), datetime.fromisoformat(at)
    if one.tzinfo is None or other.tzinfo is None:
        return None
    return round((other - one).total_seconds() / 3600)


_CHECKS: dict[str, Callable[[Track], Iterator[Found]]] = {
    "not_received": _not_received,
    "damaged": _damaged,
    "wet": _damaged,
    "late": _late,
    "incomplete": _contents,
    "opened": _contents,
    "wrong_item": _contents,
}
