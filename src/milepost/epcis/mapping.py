"""An event in our own words: which numbers it is about, and which status it tells; `mapping.toml`
has the tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from milepost.epcis.link import canonical, path_of
from milepost.epcis.model import Event
from milepost.epcis.vocabulary import expand


class Row(Struct, frozen=True, kw_only=True):
    """One row of the table of statuses; None: anything."""

    sub: str
    event: str | None = None
    action: str | None = None
    step: str | None = None
    disposition: str | None = None
    custody: str | None = None


class Table(Struct, frozen=True, kw_only=True):
    """See mapping.toml."""

    namespace: str
    waybills: tuple[str, ...]
    waybills_last: tuple[str, ...]
    numbers: frozenset[str]
    silent: frozenset[str]
    status: tuple[Row, ...]


TABLE = msgspec.toml.decode(
    resources.files(__package__).joinpath("mapping.toml").read_bytes(), type=Table
)
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{3,63}")
_OWN_EPC = TABLE.namespace + "number:"


def own(name: str) -> str:
    """The key of one of our own extensions."""
    return f"{{{TABLE.namespace}}}{name}"


def status_of(event: Event) -> str | None:
    """The canonical sub status that an event tells, or None. Our own extension goes first."""
    told = event.extensions.get(own("status"))
    if isinstance(told, str):
        return told
    kind, moved = type(event).__name__, custody_changes(event)
    return next((row.sub for row in TABLE.status if _fits(row, event, kind, moved)), None)


def _fits(row: Row, event: Event, kind: str, moved: bool) -> bool:
    return (
        row.event in (None, kind)
        and row.action in (None, event.action)
        and row.step in (None, event.biz_step)
        and row.disposition in (None, event.disposition)
        and (row.custody is None or moved)
    )


def custody_changes(event: Event) -> bool:
    """Whether the event names two parties of which the second takes over from the first."""
    before = {canonical(one.id) for one in event.sources if one.type == "possessing_party"}
    after = {canonical(one.id) for one in event.destinations if one.type == "possessing_party"}
    return bool(before and after and not before & after)


def number_of(epc: str) -> str | None:
    """The tracking number that an EPC stands for; None where it is goods, or an asset."""
    if epc.startswith(_OWN_EPC):
        return unquote(epc[len(_OWN_EPC) :])
    parts = path_of(canonical(epc))
    if parts is None or parts[0][0] not in TABLE.numbers:
        return None
    return unquote(parts[0][1])


def numbers_of(event: Event) -> list[str]:
    """The tracking numbers that an event is about, each once, in its order."""
    told = event.extensions.get(own("trackingNumber"))
    if told is not None:
        given = told if isinstance(told, list) else [told]
        return list(dict.fromkeys(one for one in given if isinstance(one, str) and one))
    found = [*_from_epcs(event.things), *_waybills(event, TABLE.waybills)]
    return list(dict.fromkeys(found or _waybills(event, TABLE.waybills_last)))


def _from_epcs(epcs: Iterable[str]) -> Iterator[str]:
    for epc in epcs:
        number = number_of(epc)
        if number is not None:
            yield number


def _waybills(event: Event, types: tuple[str, ...]) -> list[str]:
    found = []
    for one in event.transactions:
        if one.type is not None and expand(one.type, event.prefixes) in types:
            number = _last_part(one.id)
            if _NUMBER.fullmatch(number):
                found.append(number)
    return found


def _last_part(uri: str) -> str:
    """`urn:epcglobal:cbv:bt:GLN:NUMBER`, `https://…/NUMBER`: what stands last."""
    return unquote(re.split(r"[:/]", uri.rstrip("/"))[-1])


def text_of(event: Event) -> str:
    """The event's own words, for a person."""
    words = [_short(one) for one in (event.biz_step, event.disposition) if one]
    return " · ".join(words) or f"{type(event).__name__} {event.action or ''}".strip()


def _short(word: str) -> str:
    return re.split(r"[/:#]", word)[-1].replace("_", " ")


def extension_text(event: Event, name: str) -> str | None:
    """A text of our own namespace, or None."""
    value: Any = event.extensions.get(own(name))
    return value if isinstance(value, str) and value else None
