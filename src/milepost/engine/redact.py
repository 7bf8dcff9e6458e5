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
from milepost.engine.redact_values import concealed, emails_hidden
from milepost.engine.rows import FactRow, Group, Verbatim
from milepost.reading import find_personal, mask

# Sources repeat their sentences: to look one up costs a thousandth of reading it.
_REMEMBERED = 65_536
# The fingerprint under which what facts say verbatim is kept; no event has it.
FACTS = 0
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
        body = rows[at].event.body
        text, place, following = body.text, body.place, body.next_place
        if (
            body.actor is None
            and (text is None or hidden(text) is None)
            and (place is None or _plain(place))
            and (following is None or _plain(following))
            and (body.measurements is None or concealed(body.measurements) is body.measurements)
        ):
            continue
        changed = dict(_changed(body))
        if changed:
            row = rows[at]
            event = row.event
            said = {name: getattr(body, name) for name in changed}
            group.sealed.append(Verbatim(row.tenant, event.parcel, event.fingerprint, said))
            masked = msgspec.structs.replace(body, **changed)
            rows[at] = row._replace(event=msgspec.structs.replace(event, body=masked))


def _plain(place: str | Place) -> bool:
    name = place if isinstance(place, str) else place.name
    return name is None or hidden_place(name) is None


def _changed(body: EventBody) -> Iterable[tuple[str, Any]]:
    if body.text is not None and (text := hidden(body.text)) is not None:
        yield "text", text
    if body.actor:
        yield "actor", hidden_name(body.actor)
    for name in ("place", "next_place"):
        place = getattr(body, name)
        if place is not None and not _plain(place):
            yield name, _place_hidden(place)
    if body.measurements is not None:
        told = concealed(body.measurements)
        if told is not body.measurements:
            yield "measurements", told


def _place_hidden(place: str | Place) -> str | Place:
    if isinstance(place, str):
        return hidden_place(place) or place
    return msgspec.structs.replace(place, name=hidden_place(place.name or "") or place.name)


def redact_facts(group: Group, first: int) -> None:
    """The same for facts: who has signed."""
    for at in range(first, len(group.facts)):
        row = group.facts[at]
        name = row.facts.signed_by
        if name:
            masked = msgspec.structs.replace(row.facts, signed_by=hidden_name(name))
            group.facts[at] = row._replace(facts=masked)
            said = {"signed_by": name}
            group.sealed.append(Verbatim(row.tenant, row.parcel, FACTS, said))


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


def restored_facts(row: FactRow, names: Iterable[str]) -> FactRow:
    """Facts with the name that their source told, out of those the vault has of this parcel."""
    masked = row.facts.signed_by
    if masked is None:
        return row
    told = next((name for name in names if hidden_name(name) == masked), None)
    return row if told is None else row._replace(facts=_signed(row.facts, told))


def _signed(facts: Facts, name: str) -> Facts:
    return msgspec.structs.replace(facts, signed_by=name)


_RESTORED = frozenset({"text", "actor", "place", "next_place", "measurements"})
