"""Aggregations as changes of what is in what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from milepost.domain.telemetry import EVERYTHING, SENSOR, Action, Change, parcel_name
from milepost.epcis.link import canonical, path_of
from milepost.epcis.mapping import number_of
from milepost.epcis.model import AggregationEvent, AssociationEvent, Event
from milepost.epcis.urn import is_urn

SOURCE = "epcis"
_ACTIONS: dict[str, Action] = {"ADD": "add", "DELETE": "remove", "OBSERVE": "observe"}
_OPPOSITES: dict[str, Action] = {"add": "remove", "remove": "add"}
_KINDS = {"8003": "grai", "8004": "giai"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def asset_of(epc: str, *, sensor: bool = False) -> str:
    """Our name of a thing: `parcel:NUMBER` for what is tracked, `giai:…` for an asset, `grai:…`
    for a returnable one; `sensor:…` for a device.
    """
    link = canonical(epc)
    parts = path_of(link)
    kind = _KINDS.get(parts[0][0]) if parts else None
    if sensor:
        return SENSOR + (parts[0][1] if parts else link)
    if kind is not None and parts is not None:
        return f"{kind}:{parts[0][1]}"
    number = number_of(epc)
    if number is not None:
        return parcel_name(number)
    return f"epc:{link}" if parts or is_urn(epc) else link


def changes_of(event: Event) -> list[Change]:
    """What an aggregation or association tells of containment. Goods within a parcel do not
    count: only what has a name of its own in transport does.
    """
    if not isinstance(event, AggregationEvent) or event.action is None:
        return []
    if event.error is not None:
        return _undone(event)
    return _told(event)


def _undone(event: AggregationEvent) -> list[Change]:
    """What takes back an event that was declared wrong: its opposite, an instant later. That a
    thing was seen, or that all of them left, has no opposite.
    """
    return [
        change._replace(at_us=change.at_us + 1, action=_OPPOSITES[change.action])
        for change in _told(event)
        if change.action in _OPPOSITES and change.child != EVERYTHING
    ]


def _told(event: AggregationEvent) -> list[Change]:
    assert event.action is not None
    at_us = (event.at - _EPOCH) // timedelta(microseconds=1)
    action = _ACTIONS[event.action]
    parent = asset_of(event.parent) if event.parent else ""
    if not parent:
        return []
    device = isinstance(event, AssociationEvent)
    children = [_child(one, device) for one in event.children]
    if action == "remove" and not children and not event.quantities:
        children = [EVERYTHING]
    return [Change(one, parent, at_us, action, SOURCE) for one in children if not _goods(one)]


def _child(epc: str, device: bool) -> str:
    parts = path_of(canonical(epc))
    return asset_of(epc, sensor=device and parts is not None and parts[0][0] == "8004")


def _goods(name: str) -> bool:
    return name.startswith("epc:https://id.gs1.org/01/")
