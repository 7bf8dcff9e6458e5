"""A shipment's road as an EPCIS document, one ObjectEvent for each scan."""

from __future__ import annotations

from importlib import resources
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Struct

from milepost.domain.place import Place
from milepost.domain.track import EventView, Track
from milepost.epcis.contexts import EPCIS_CONTEXT
from milepost.epcis.hashing import event_hash
from milepost.epcis.keys import check_digit
from milepost.epcis.link import path_of
from milepost.epcis.mapping import TABLE
from milepost.epcis.urn import DOMAIN
from milepost.epcis.vocabulary import PREFIXES

PREFIX = "milepost"
_NAMES = {"name": "name", "facility": "facility", "city": "city", "region": "region",
          "country": "country", "postal_code": "postalCode"}  # fmt: skip


class Words(Struct, frozen=True):
    """What CBV says for one of our statuses."""

    step: str
    disposition: str | None = None
    action: str = "OBSERVE"


class _Table(Struct):
    status: dict[str, Words]


_WORDS = msgspec.toml.decode(
    resources.files(__package__).joinpath("export.toml").read_bytes(), type=_Table
).status


def document_of(track: Track, created_at: str) -> dict[str, Any]:
    """The road as an EPCISDocument. Retracted events carry their error declaration. Scans whose
    zone is not known are left out: EPCIS has no time without an offset.
    """
    events = [event for one in track.events for event in _events(one)]
    return {
        "@context": [EPCIS_CONTEXT, {PREFIX: TABLE.namespace}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created_at,
        "epcisBody": {"eventList": events},
    }


def epc_of(number: str) -> str:
    """An SSCC as its Digital Link; any other tracking number under our own namespace."""
    digits = len(number) == 18 and number.isascii() and number.isdigit()
    if digits and check_digit(number[:17]) == number[17]:
        return f"{DOMAIN}/00/{number}"
    return f"{TABLE.namespace}number:{quote(number, safe='')}"


def _events(view: EventView) -> list[dict[str, Any]]:
    offset = _offset(view.occurred_at)
    if offset is None:
        return []
    words = _WORDS.get(view.sub) or _WORDS.get(view.main)
    event: dict[str, Any] = {
        "type": "ObjectEvent",
        "eventTime": view.occurred_at,
        "eventTimeZoneOffset": offset,
        "epcList": [epc_of(view.number)],
        "action": words.action if words else "OBSERVE",
    }
    if words is not None:
        event["bizStep"] = words.step
        if words.disposition is not None:
            event["disposition"] = words.disposition
    point = _read_point(view.place)
    if point is not None:
        event["readPoint"] = point
    event |= _own(view)
    identity = event_hash(event, {**PREFIXES, PREFIX: TABLE.namespace})
    event = {"type": event.pop("type"), "eventID": identity, **event}
    if view.retracted_by is None:
        return [event]
    declared = {"declarationTime": view.received_at, "reason": "incorrect_data"}
    return [event, {**event, "errorDeclaration": declared}]


def _offset(time: str) -> str | None:
    if time.endswith("Z"):
        return "+00:00"
    return time[-6:] if time[-6:-5] in ("+", "-") and time[-3:-2] == ":" else None


def _read_point(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    told = {
        f"{PREFIX}:{name}": value
        for field, name in _NAMES.items()
        if (value := getattr(place, field)) is not None
    }
    if place.latitude is not None and place.longitude is not None:
        return {"id": f"geo:{place.latitude},{place.longitude}", **told}
    gln, _, extension = (place.facility or "").partition(".")
    link = f"{DOMAIN}/414/{gln}" + (f"/254/{extension}" if extension else "")
    if len(gln) == 13 and path_of(link) and check_digit(gln[:12]) == gln[12]:
        return {"id": link, **told}
    label = place.label
    return {"id": f"{TABLE.namespace}place:{quote(label, safe='')}", **told} if label else None


def _own(view: EventView) -> dict[str, Any]:
    """What CBV has no word for. The text is left out: it may name persons."""
    told = {"status": view.sub, "trackingNumber": view.number, "carrier": view.carrier}
    return {f"{PREFIX}:{name}": value for name, value in told.items() if value is not None}
