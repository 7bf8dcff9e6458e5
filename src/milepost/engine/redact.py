"""Personal data leaves events before they enter the journal; verbatim they go into the vault.

An event's identity was computed before, from what its source said, so it is recognised ever after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from milepost.domain.event import Event, EventBody
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.domain.settle import MAIN
from milepost.engine.district import district
from milepost.engine.redact_values import concealed, emails_hidden
from milepost.engine.rows import FactRow, Group, Row, Verbatim
from milepost.reading import find_personal, mask

# Sources repeat their sentences: to look one up costs a thousandth of reading it.
_REMEMBERED = 65_536
# The fingerprint under which what facts say verbatim is kept; no event has it.
FACTS = 0
_ENDS = ("origin", "destination")
# A house's number beside its street, as it is written in most countries.
_HOUSE = re.compile(r"(?:^|[\s,])\d{1,5}\s?[A-Za-z]?(?=[\s,]|$)|[路街巷弄道]\s?\d+\s?[号號]")
_PHONE_LONG = re.compile(r"(?:\d\D?){6}\d")


@lru_cache(maxsize=_REMEMBERED)
def hidden(text: str) -> str | None:
    """A text without personal data; None where it has none."""
    masked = mask(emails_hidden(text))
    return None if masked == text else masked


@lru_cache(maxsize=_REMEMBERED)
def hidden_place(name: str) -> str | None:
    """A place's name without telephone numbers and addresses of mail; None where it has none.
    Names of persons are left: too many places are called after one.
    """
    masked = emails_hidden(name)
    if _PHONE_LONG.search(masked):
        masked = mask(masked, tuple(one for one in find_personal(masked) if one.kind == "phone"))
    return None if masked == name else masked


@lru_cache(maxsize=_REMEMBERED)
def hidden_name(name: str) -> str:
    """A person's name or number as its first character and stars."""
    return name[:1] + "*" * min(len(name) - 1, 8)


def redact(group: Group, first: int) -> None:
    """Take personal data out of a group's rows from place `first` on, and put it into `sealed`."""
    rows = group.rows
    for at in range(first, len(rows)):
        event = rows[at].event
        body, home = event.body, MAIN[event.code] == "delivered"
        text, place, following = body.text, body.place, body.next_place
        if (
            body.actor is None
            and (text is None or hidden(text) is None)
            and (place is None or _plain(place, home=home))
            and (body.device is None or hidden_place(body.device) is None)
            and (following is None or _plain(following))
            and (body.measurements is None or concealed(body.measurements) is body.measurements)
        ):
            continue
        changed = dict(_changed(body, home=home))
        if changed:
            row = rows[at]
            said = {name: getattr(body, name) for name in changed}
            group.sealed.append(Verbatim(row.tenant, event.parcel, event.fingerprint, said))
            masked = msgspec.structs.replace(body, **changed)
            rows[at] = Row(row.tenant, row.raw, msgspec.structs.replace(event, body=masked))


def _plain(place: str | Place, *, home: bool = False) -> bool:
    name = place if isinstance(place, str) else place.name
    return name is None or (hidden_place(name) is None and not (home and without_street(name)))


@lru_cache(maxsize=_REMEMBERED)
def without_street(name: str) -> Place | None:
    """Where a parcel was delivered, without street and house; None where it names none."""
    if _HOUSE.search(name) is None:
        return None
    place = Place(name=name)
    near = district(place)
    return None if near == place else near


def _changed(body: EventBody, *, home: bool) -> Iterable[tuple[str, Any]]:
    if body.text is not None and (text := hidden(body.text)) is not None:
        yield "text", text
    if body.actor:
        yield "actor", hidden_name(body.actor)
    for name in ("place", "next_place"):
        place, here = getattr(body, name), home and name == "place"
        if place is not None and not _plain(place, home=here):
            yield name, _place_hidden(place, home=here)
    if body.device is not None and (device := hidden_place(body.device)) is not None:
        yield "device", device
    if body.measurements is not None:
        told = concealed(body.measurements)
        if told is not body.measurements:
            yield "measurements", told


def _place_hidden(place: str | Place, *, home: bool) -> str | Place:
    name = (place if isinstance(place, str) else place.name) or ""
    near = without_street(name) if home else None
    if near is not None:
        given = Place() if isinstance(place, str) else place
        city, country = given.city or near.city, given.country or near.country
        hidden_one = near.name and (hidden_place(near.name) or near.name)
        return msgspec.structs.replace(given, name=hidden_one, city=city, country=country)
    hidden_one = hidden_place(name) or name
    if isinstance(place, str):
        return hidden_one
    return msgspec.structs.replace(place, name=hidden_one or None)


def redact_facts(group: Group, first: int) -> None:
    """The same for facts: who has signed, and where exactly it comes from and goes to."""
    for at in range(first, len(group.facts)):
        row = group.facts[at]
        changed = dict(_facts_changed(row.facts))
        if changed:
            said = {name: getattr(row.facts, name) for name in changed}
            group.sealed.append(Verbatim(row.tenant, row.parcel, FACTS, said))
            masked = msgspec.structs.replace(row.facts, **changed)
            group.facts[at] = row._replace(facts=masked)


def _facts_changed(facts: Facts) -> Iterable[tuple[str, Any]]:
    if facts.signed_by:
        yield "signed_by", hidden_name(facts.signed_by)
    for end in _ENDS:
        place: Place | None = getattr(facts, end)
        if place is not None and (near := district(place)) != place:
            yield end, near


def restored(event: Event, said: Mapping[str, Any] | None) -> Event:
    """An event as its source told it, given what the vault has of it."""
    if not said:
        return event
    given = {name: value for name, value in said.items() if name in _RESTORED}
    for name in ("place", "next_place"):
        if isinstance(given.get(name), Mapping):
            given[name] = msgspec.convert(given[name], Place)
    body = msgspec.structs.replace(event.body, **given)
    return msgspec.structs.replace(event, body=body)


def restored_facts(row: FactRow, told: Iterable[Mapping[str, Any]]) -> FactRow:
    """Facts as their source told them, out of what the vault has of this parcel: `told` has what
    several facts said.
    """
    given = {name: value for one in told for name, value in _meant(row.facts, one)}
    return row._replace(facts=msgspec.structs.replace(row.facts, **given)) if given else row


def _meant(facts: Facts, told: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Of what one source told, that which these facts show masked."""
    name = told.get("signed_by")
    if name and facts.signed_by == hidden_name(name):
        yield "signed_by", name
    for end in _ENDS:
        if told.get(end) is not None:
            place = msgspec.convert(told[end], Place)
            if district(place) == getattr(facts, end):
                yield end, place


_RESTORED = frozenset({"text", "actor", "device", "place", "next_place", "measurements"})
