"""Checks of the parts that an event is made of: lists, places, sensors, extensions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from milepost.epcis.issue import Notes
from milepost.epcis.values import SIMPLE, Check, number, time, uom, uri, uris, word

TABLE: dict[str, Any] = tomllib.loads(
    resources.files(__package__).joinpath("fields.toml").read_text("utf-8")
)
_sides = word("sourceDest")
_deals = word("bizTransaction")
_disposition = word("disposition")
_reason = word("errorReason")
COMMENTS = ("rdfs:comment", "comment")


def members_of(
    notes: Notes, path: str, given: Mapping[str, Any], table: Mapping[str, str],
    checks: Mapping[str, Check],
) -> None:  # fmt: skip
    """Check each member by its kind; one that the standard does not know must be an extension."""
    for name, value in given.items():
        where = f"{path}.{name}"
        kind = table.get(name)
        if kind is None:
            extension(notes, where, name)
        elif value is None:
            notes.error(where, "must not be null")
        else:
            checks[kind](notes, where, value)


def extension(notes: Notes, path: str, name: str) -> None:
    """Note a name that is neither the standard's nor in a namespace of somebody's own."""
    prefix, colon, rest = name.partition(":")
    if not (colon and prefix and rest):
        notes.error(path, "is not the standard's, and has no namespace")
    elif prefix not in notes.prefixes and prefix not in ("http", "https", "urn"):
        notes.warn(path, f"the prefix '{prefix}' is not declared in @context")


def _only(notes: Notes, path: str, given: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in given:
        if name not in names:
            notes.error(f"{path}.{name}", f"only {', '.join(names)} may stand here")


def quantities(notes: Notes, path: str, value: Any) -> None:
    for where, one in notes.items(path, value):
        members = notes.members(where, one)
        if members is None:
            continue
        _only(notes, where, members, ("epcClass", "quantity", "uom"))
        if "epcClass" in members:
            uri(notes, f"{where}.epcClass", members["epcClass"])
        else:
            notes.error(f"{where}.epcClass", "is missing")
        if "quantity" in members:
            number(notes, f"{where}.quantity", members["quantity"])
        if "uom" in members:
            uom(notes, f"{where}.uom", members["uom"])


def _typed(name: str, types: Check, *, must: bool) -> Check:
    """The check of a list of things with a type: `name` holds the thing."""

    def verify(notes: Notes, path: str, value: Any) -> None:
        for where, one in notes.items(path, value):
            members = notes.members(where, one)
            if members is None:
                continue
            _only(notes, where, members, ("type", name))
            if "type" in members:
                types(notes, f"{where}.type", members["type"])
            elif must:
                notes.error(f"{where}.type", "is missing")
            if name in members:
                uri(notes, f"{where}.{name}", members[name])
            else:
                notes.error(f"{where}.{name}", "is missing")

    return verify


def place(notes: Notes, path: str, value: Any) -> None:
    members = notes.members(path, value)
    if members is None:
        return
    if "id" not in members:
        notes.error(f"{path}.id", "is missing")
    members_of(notes, path, members, {"id": "uri"}, SIMPLE)


def persistent(notes: Notes, path: str, value: Any) -> None:
    members = notes.members(path, value)
    if members is None:
        return
    _only(notes, path, members, ("set", "unset"))
    if not members:
        notes.error(path, "needs set or unset")
    for name, words in members.items():
        for where, one in notes.items(f"{path}.{name}", words):
            _disposition(notes, where, one)
        if words == []:
            notes.error(f"{path}.{name}", "must not be empty")


def ilmd(notes: Notes, path: str, value: Any) -> None:
    for name in notes.members(path, value) or ():
        extension(notes, f"{path}.{name}", name)


def declaration(notes: Notes, path: str, value: Any) -> None:
    members = notes.members(path, value)
    if members is None:
        return
    if "declarationTime" not in members:
        notes.error(f"{path}.declarationTime", "is missing")
    table = {"declarationTime": "time", "reason": "reason", "correctiveEventIDs": "list"}
    members_of(notes, path, members, table, {"time": time, "reason": _reason, "list": _listed})


def _listed(notes: Notes, path: str, value: Any) -> None:
    notes.items(path, value)
    uris(notes, path, value if isinstance(value, list) else [])


_SENSOR_CLASS = ("type", "epcis:SensorElement")


def sensors(notes: Notes, path: str, value: Any) -> None:
    kinds = {"metadata": metadata, "reports": reports}
    for where, one in notes.items(path, value):
        members = notes.members(where, one)
        if members is None:
            continue
        if "sensorReport" not in members:
            notes.error(f"{where}.sensorReport", "is missing")
        table = {"sensorMetadata": "metadata", "sensorReport": "reports"}
        # Published examples name the class, which says nothing new.
        told = {name: one for name, one in members.items() if (name, one) != _SENSOR_CLASS}
        members_of(notes, where, told, table, kinds)


def metadata(notes: Notes, path: str, value: Any) -> None:
    members = notes.members(path, value)
    if members is not None:
        members_of(notes, path, members, TABLE["metadata"], SIMPLE)


def reports(notes: Notes, path: str, value: Any) -> None:
    if value == []:
        notes.error(path, "must not be empty")
    for where, one in notes.items(path, value):
        members = notes.members(where, one)
        if members is None:
            continue
        if "type" not in members and "exception" not in members:
            notes.error(f"{where}.type", "is missing")
        members_of(notes, where, members, TABLE["report"], SIMPLE)


PARTS: dict[str, Check] = {
    "quantities": quantities,
    "place": place,
    "persistent": persistent,
    "ilmd": ilmd,
    "error": declaration,
    "sensors": sensors,
    "typed bizTransaction": _typed("bizTransaction", _deals, must=False),
    "typed source": _typed("source", _sides, must=True),
    "typed destination": _typed("destination", _sides, must=True),
}
