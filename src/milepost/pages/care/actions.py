"""The forms of the care page, as cases. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from milepost.domain.track import EventView, Track
from milepost.engine.cases.check import PROBLEMS

WISHES = ("explanation", "resend", "refund", "other")
CHANGES = ("to_address", "other_day", "neighbour", "safe_place", "pickup_point")
PARTS = ("any", "morning", "afternoon", "evening")
CONDITIONS = ("good", "damaged", "incomplete")
STARS = ("5", "4", "3", "2", "1")
# After a failed attempt a second one can be asked for so long; then the parcel goes back.
REDELIVERY = timedelta(hours=72)
# Wishes reach so far ahead.
LATEST = timedelta(days=90)
LONGEST = 1_000
_DAY = re.compile(r"20\d\d-[01]\d-[0-3]\d")
_ON_THE_WAY = ("info_received", "picked_up", "in_transit", "customs", "attempt_failed",
               "available_for_pickup", "exception")  # fmt: skip


class BadFormError(ValueError):
    """The name of the field that is missing or not right."""


class Asked(Struct, frozen=True, kw_only=True):
    """A form as a case. `closes`: nobody has to work it. `twice` tells one asking from another."""

    kind: str
    fields: dict[str, Any]
    text: str = ""
    twice: str = ""
    closes: bool = False


class Action(Struct, frozen=True):
    """A form: when it is offered, and whether only the consignee may send it."""

    name: str
    mains: tuple[str, ...]
    personal: bool
    read: Callable[[Mapping[str, str]], Asked]


def _report(form: Mapping[str, str]) -> Asked:
    problem = _one_of(form, "problem", PROBLEMS)
    wish = form.get("wish") or "explanation"
    if wish not in WISHES:
        raise BadFormError("wish")
    fields = {"problem": problem, "wish": wish}
    return Asked(kind="report", fields=fields, text=_text(form, "text"), twice=problem)


def _change(form: Mapping[str, str]) -> Asked:
    what = _one_of(form, "what", CHANGES)
    if what == "to_address":
        given = {name: _text(form, name) for name in ("address", "city", "name", "phone")}
        for name in ("address", "city"):
            if not given[name]:
                raise BadFormError(name)
        fields = {name: value for name, value in given.items() if value}
        return Asked(kind="address_change", fields=fields, twice=what)
    if what == "other_day" and not form.get("day"):
        raise BadFormError("day")
    fields = {"what": what, **_when(form)}
    # Where a key lies or who the neighbour is, is personal: it goes to the vault.
    place = _text(form, "instructions")
    return Asked(
        kind="delivery_change", fields=fields | ({"place": place} if place else {}), twice=what
    )


def _again(form: Mapping[str, str]) -> Asked:
    return Asked(kind="second_delivery", fields=_when(form))


def _receipt(form: Mapping[str, str]) -> Asked:
    condition = _one_of(form, "condition", CONDITIONS)
    closes = condition == "good"
    return Asked(kind="receipt", fields={"condition": condition}, closes=closes)


def _rate(form: Mapping[str, str]) -> Asked:
    stars = int(_one_of(form, "stars", STARS))
    words = _text(form, "words")
    fields = {"stars": stars, **({"words": words} if words else {})}
    return Asked(kind="rating", fields=fields, closes=stars > 2)


ACTIONS = {
    one.name: one
    for one in (
        Action("report", (), False, _report),
        Action("again", ("attempt_failed", "available_for_pickup", "exception"), True, _again),
        Action("change", _ON_THE_WAY, True, _change),
        Action("receipt", ("out_for_delivery", "available_for_pickup", "delivered",
                           "attempt_failed"), True, _receipt),
        Action("rate", ("delivered",), False, _rate),
    )
}  # fmt: skip


def check_day(asked: Asked, today: date) -> None:
    """Raises BadFormError where the wished day is over, or further off than anybody plans."""
    wished = asked.fields.get("day")
    if wished and not today <= date.fromisoformat(wished) <= today + LATEST:
        raise BadFormError("day")


def offered(track: Track) -> list[Action]:
    """The forms that fit where the parcel is."""
    main = track.status.main
    found = [one for one in ACTIONS.values() if not one.mains or main in one.mains]
    return [one for one in found if one.name != "again" or _attempt(track) is not None]


def redelivery_until(track: Track) -> datetime | None:
    """Until when a second delivery can be asked for; None where there was no attempt."""
    event = _attempt(track)
    if event is None:
        return None
    at = datetime.fromisoformat(event.occurred_at)
    # A clock time without a zone may be off by half a day; when we were told is not.
    if at.tzinfo is None:
        at = datetime.fromisoformat(event.received_at)
    return at + REDELIVERY


def _attempt(track: Track) -> EventView | None:
    tried = [one for one in track.events if one.main == "attempt_failed" and not one.retracted_by]
    return tried[-1] if tried else None


def _when(form: Mapping[str, str]) -> dict[str, str]:
    day, part = form.get("day", ""), form.get("part_of_day", "")
    if day and not _is_day(day):
        raise BadFormError("day")
    if part and part not in PARTS:
        raise BadFormError("part_of_day")
    found = {"day": day, "part_of_day": part}
    return {name: value for name, value in found.items() if value and value != "any"}


def _is_day(text: str) -> bool:
    try:
        return _DAY.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _one_of(form: Mapping[str, str], name: str, among: tuple[str, ...]) -> str:
    value = form.get(name, "")
    if value not in among:
        raise BadFormError(name)
    return value


def _text(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").replace("\x00", "").strip()[:LONGEST]
