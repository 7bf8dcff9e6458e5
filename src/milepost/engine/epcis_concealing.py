"""Personal data leaves EPCIS events before they are stored; verbatim it goes into the vault.

What the standard names stays as it is: it holds identifiers, words of vocabularies and numbers.
Extensions, and what an instance's master data say beyond GS1's own, are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from milepost.domain.event import key_of
from milepost.engine.redact_values import concealed
from milepost.engine.resolve import BadScanError, checked_number
from milepost.epcis.contexts import prefixes_of
from milepost.epcis.indexing import Entry
from milepost.epcis.mapping import TABLE, numbers_of
from milepost.epcis.model import event_of

# Master data of goods: lots and serials look like telephone numbers and are asked for.
_GOODS = frozenset({"cbvmda", "gs1", "cbv", "epcis", "rdf", "rdfs", "xsd", "dcterms", "owl"})
_OWN = frozenset(
    ("status", "carrier", "trackingNumber", "orderNumber", "city", "region", "country",
     "postalCode")
)  # fmt: skip
_FREE = frozenset({"stringValue", "@value"})


class Concealed(NamedTuple):
    """What an event said verbatim, and the roads of which each has a share of its key."""

    roads: tuple[int, ...]
    body: dict[str, Any]


def conceal(tenant: int, entries: Iterable[Entry]) -> tuple[list[Entry], dict[int, Concealed]]:
    """The entries as they may be stored, and by their place what was taken out of them. Their
    hashes are those of what was said.
    """
    kept: list[Entry] = []
    said: dict[int, Concealed] = {}
    for place, entry in enumerate(entries):
        body = _without(entry.body)
        if body is not entry.body:
            said[place] = Concealed(roads_of(tenant, entry.hash, entry.body), entry.body)
            entry = msgspec.structs.replace(entry, body=body)
        kept.append(entry)
    return kept, said


def _without(body: dict[str, Any]) -> dict[str, Any]:
    own = _own_prefixes(body)
    changed = {
        name: new
        for name, value in body.items()
        if name != "@context" and (new := _part(name, value, own)) is not value
    }
    return {**body, **changed} if changed else body


def _part(name: str, value: Any, own: frozenset[str]) -> Any:
    """A field of an event, or of what stands in it."""
    if name in _FREE or ":" in name:
        # With its name, for that may say that a person is meant.
        return concealed({name: value}, lambda one: not _spared(one, own))[name]
    if isinstance(value, dict):
        items = {one: _part(one, given, own) for one, given in value.items()}
        return items if any(items[one] is not value[one] for one in value) else value
    if isinstance(value, list):
        parts = [_part(name, one, own) if isinstance(one, dict) else one for one in value]
        changed = any(new is not old for new, old in zip(parts, value, strict=True))
        return parts if changed else value
    return value


def _spared(name: str, own: frozenset[str]) -> bool:
    prefix, _, local = name.rpartition(":")
    if prefix in own:
        return local in _OWN
    return prefix in _GOODS or name in ("@type", "@id", "@context")


def _own_prefixes(body: Mapping[str, Any]) -> frozenset[str]:
    """How our own namespace is called in this event."""
    known = prefixes_of(body.get("@context"))
    named = {name for name, uri in known.items() if uri == TABLE.namespace}
    return frozenset({*named, TABLE.namespace.rstrip(":")})


def roads_of(tenant: int, identity: str, body: Mapping[str, Any]) -> tuple[int, ...]:
    """Whose keys close what an event (its hash is `identity`) said."""
    event = event_of(body)
    roads = set()
    for number in numbers_of(event) if event is not None else ():
        try:
            roads.add(key_of(tenant, checked_number(number)))
        except BadScanError:
            continue
    # What is about no parcel has a key by itself, and goes when its time is over.
    return tuple(sorted(roads)) or (key_of(tenant, identity),)
