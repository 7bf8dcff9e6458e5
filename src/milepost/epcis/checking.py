"""Whether an event keeps the standard: fields, kinds, and what must go together."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from milepost.epcis.contexts import prefixes_of
from milepost.epcis.issue import Notes
from milepost.epcis.parts import PARTS, TABLE, members_of
from milepost.epcis.times import is_offset, minutes_of, parsed
from milepost.epcis.values import LONGEST_URI, SIMPLE
from milepost.epcis.vocabulary import PREFIXES, expand, is_uri

EVENT_TYPES = (
    "ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent",
    "AssociationEvent",
)  # fmt: skip
_CHECKS = SIMPLE | PARTS
# An event type of somebody's own may use any of the standard's fields.
_EPCIS = (PREFIXES["epcis"], PREFIXES["epcis"].replace("https:", "http:"), "epcis:")
_ANY: dict[str, str] = {}
for _name in ("common", *EVENT_TYPES):
    _ANY |= TABLE[_name]


def check_event(notes: Notes, path: str, event: Any) -> None:
    """Note everything that is wrong with one event in its JSON form."""
    members = notes.members(path, event)
    if members is None:
        return
    if not storable(members):
        notes.error(path, "holds a NUL, half a character, or a number without end")
        return
    around = notes.prefixes
    if "@context" in members:
        notes.prefixes = prefixes_of(members["@context"], around)
    kind = members.get("type")
    if kind in EVENT_TYPES:
        _known(notes, path, str(kind), members)
    elif isinstance(kind, str) and _disguised(kind, notes.prefixes):
        # Readers that do not expand names would not know it, and it would have another hash.
        notes.error(f"{path}.type", f"'{kind[:80]}' must be written without its namespace")
    elif isinstance(kind, str) and is_uri(kind) and len(kind) <= LONGEST_URI:
        members_of(notes, path, members, _ANY, _CHECKS)
        _required(notes, path, ("eventTime", "eventTimeZoneOffset"), members)
    else:
        notes.error(f"{path}.type", f"'{str(kind)[:80]}' is none of {', '.join(EVENT_TYPES)}")
    notes.prefixes = around


def storable(value: Any) -> bool:
    """Whether a value can be kept as JSON: no NUL, no half of a surrogate pair, no infinity."""
    if isinstance(value, str):
        return "\x00" not in value and value.encode("utf-8", "ignore").decode() == value
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(storable(name) and storable(one) for name, one in value.items())
    return not isinstance(value, list) or all(map(storable, value))


def _disguised(kind: str, prefixes: Mapping[str, str]) -> bool:
    """Whether a type is one of the standard's in another spelling."""
    bare = re.split(r"[:/#]", kind)[-1]
    namespace = expand(kind, prefixes).removesuffix(bare)
    return bare in EVENT_TYPES and bare != kind and namespace in _EPCIS


def _known(notes: Notes, path: str, kind: str, event: Mapping[str, Any]) -> None:
    _required(notes, path, TABLE["required"][kind], event)
    members_of(notes, path, event, TABLE["common"] | TABLE[kind], _CHECKS)
    _TOGETHER[kind](notes, path, event)
    _offsets(notes, path, event)


def _required(notes: Notes, path: str, names: Any, event: Mapping[str, Any]) -> None:
    for name in names:
        if event.get(name) is None:
            notes.error(f"{path}.{name}", "is missing")


def _object(notes: Notes, path: str, event: Mapping[str, Any]) -> None:
    if event.get("ilmd") is not None and event.get("action") != "ADD":
        notes.error(f"{path}.ilmd", "may only be told with action ADD")
    sensed = event.get("sensorElementList") and event.get("readPoint")
    if "epcList" not in event and not event.get("quantityList") and not sensed:
        notes.error(path, "needs epcList or quantityList (or sensors at a readPoint)")


def _aggregation(notes: Notes, path: str, event: Mapping[str, Any]) -> None:
    if event.get("action") == "DELETE":
        children = True  # without children all of them leave
    else:
        children = "childEPCs" in event or bool(event.get("childQuantityList"))
    if not children:
        notes.error(path, "needs childEPCs or childQuantityList")
    if event.get("parentID") is None and event.get("action") in ("ADD", "DELETE"):
        notes.error(f"{path}.parentID", "is missing; only OBSERVE may go without it")


def _association(notes: Notes, path: str, event: Mapping[str, Any]) -> None:
    told = event.get("childEPCs") or event.get("childQuantityList")
    if event.get("action") != "DELETE" and not told:
        notes.error(path, "needs childEPCs or childQuantityList")


def _transaction(notes: Notes, path: str, event: Mapping[str, Any]) -> None:
    if event.get("bizTransactionList") == []:
        notes.error(f"{path}.bizTransactionList", "must not be empty")
    told = "epcList" in event or event.get("quantityList") or event.get("action") == "DELETE"
    if not told:
        notes.error(path, "needs epcList or quantityList; only DELETE may go without")


def _transformation(notes: Notes, path: str, event: Mapping[str, Any]) -> None:
    inputs = event.get("inputEPCList") or event.get("inputQuantityList")
    outputs = event.get("outputEPCList") or event.get("outputQuantityList")
    if event.get("transformationID") is None:
        if not (inputs and outputs):
            notes.error(path, "needs inputs and outputs, or a transformationID")
    elif not (inputs or outputs):
        notes.error(path, "needs inputs or outputs")


_TOGETHER = {
    "ObjectEvent": _object,
    "AggregationEvent": _aggregation,
    "AssociationEvent": _association,
    "TransactionEvent": _transaction,
    "TransformationEvent": _transformation,
}


def _offsets(notes: Notes, path: str, event: Mapping[str, Any]) -> None:
    """The zone's offset says the local time; a time in UTC is as good, another is suspicious."""
    zone = event.get("eventTimeZoneOffset")
    if not isinstance(zone, str) or not is_offset(zone):
        return
    try:
        written = parsed(str(event.get("eventTime")))[1]
    except ValueError:
        return
    if minutes_of(written) not in (0, minutes_of(zone)):
        notes.warn(f"{path}.eventTimeZoneOffset", f"is {zone}, but eventTime has {written}")
