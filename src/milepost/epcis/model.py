"""The five events of EPCIS 2.0 as structs, for what works with them further on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from msgspec import Struct, field

from milepost.epcis import vocabulary
from milepost.epcis.contexts import prefixes_of
from milepost.epcis.times import minutes_of, parsed
from milepost.epcis.vocabulary import PREFIXES


class Typed(Struct, frozen=True):
    """A business transaction, source or destination; `type` is a bare word or a URI."""

    type: str | None
    id: str


class Quantity(Struct, frozen=True):
    """Some of a class of goods; without `uom` it counts pieces."""

    epc_class: str
    quantity: float | None = None
    uom: str | None = None


class ErrorDeclaration(Struct, frozen=True):
    """Says that the very event it stands in was wrong."""

    at: datetime
    reason: str | None = None
    corrective_ids: tuple[str, ...] = ()


class Where(Struct, frozen=True):
    """A read point or business location with its extensions."""

    id: str
    extensions: Mapping[str, Any] = {}


class Event(Struct, frozen=True, kw_only=True):
    """What all events have. `at` is in the local time that the event tells. Words are bare where
    they are the standard's, else URIs; keys of `extensions` are full (`{namespace}name`).
    """

    at: datetime
    id: str | None = None
    action: str | None = None
    biz_step: str | None = None
    disposition: str | None = None
    read_point: Where | None = None
    biz_location: Where | None = None
    transactions: tuple[Typed, ...] = ()
    sources: tuple[Typed, ...] = ()
    destinations: tuple[Typed, ...] = ()
    sensors: tuple[Mapping[str, Any], ...] = ()
    error: ErrorDeclaration | None = None
    extensions: Mapping[str, Any] = {}
    prefixes: Mapping[str, str] = field(default_factory=lambda: PREFIXES)

    @property
    def things(self) -> tuple[str, ...]:
        """The EPCs that the event is about."""
        return ()


class ObjectEvent(Event, frozen=True, kw_only=True):
    """Something happened to objects."""

    epcs: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    ilmd: Mapping[str, Any] = {}

    @property
    def things(self) -> tuple[str, ...]:
        return self.epcs


class AggregationEvent(Event, frozen=True, kw_only=True):
    """Objects came into a container, out of it, or were seen in it."""

    parent: str | None = None
    children: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()

    @property
    def things(self) -> tuple[str, ...]:
        return (*([self.parent] if self.parent else []), *self.children)


class AssociationEvent(AggregationEvent, frozen=True, kw_only=True):
    """As an aggregation, but lasting: a sensor on a cage, a lock on a trailer."""


class TransactionEvent(Event, frozen=True, kw_only=True):
    """Objects have to do with a business transaction."""

    parent: str | None = None
    epcs: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()

    @property
    def things(self) -> tuple[str, ...]:
        return (*([self.parent] if self.parent else []), *self.epcs)


class TransformationEvent(Event, frozen=True, kw_only=True):
    """Objects became other objects."""

    transformation: str | None = None
    inputs: tuple[str, ...] = ()
    input_quantities: tuple[Quantity, ...] = ()
    outputs: tuple[str, ...] = ()
    output_quantities: tuple[Quantity, ...] = ()
    ilmd: Mapping[str, Any] = {}

    @property
    def things(self) -> tuple[str, ...]:
        return (*self.inputs, *self.outputs)


def event_of(event: Mapping[str, Any], prefixes: Mapping[str, str] = PREFIXES) -> Event | None:
    """The struct of an event in its JSON form that has passed the check; None for an event type
    of somebody's own.
    """
    kind = event["type"]
    known = prefixes_of(event.get("@context"), prefixes)
    build = _KINDS.get(kind)
    return None if build is None else build(event, _common(event, known))


def _common(event: Mapping[str, Any], prefixes: Mapping[str, str]) -> dict[str, Any]:
    return {
        "at": _local(event["eventTime"], event["eventTimeZoneOffset"]),
        "id": event.get("eventID"),
        "action": event.get("action"),
        "biz_step": _word("bizStep", event.get("bizStep"), prefixes),
        "disposition": _word("disposition", event.get("disposition"), prefixes),
        "read_point": _where(event.get("readPoint"), prefixes),
        "biz_location": _where(event.get("bizLocation"), prefixes),
        "transactions": _typed("bizTransaction", event.get("bizTransactionList"), prefixes),
        "sources": _typed("source", event.get("sourceList"), prefixes),
        "destinations": _typed("destination", event.get("destinationList"), prefixes),
        "sensors": tuple(event.get("sensorElementList", ())),
        "error": _error(event.get("errorDeclaration"), prefixes),
        "extensions": _extensions(event, prefixes),
        "prefixes": prefixes,
    }


def _local(text: str, offset: str) -> datetime:
    return parsed(text)[0].astimezone(timezone(timedelta(minutes=minutes_of(offset))))


def _word(name: str, text: str | None, prefixes: Mapping[str, str]) -> str | None:
    if text is None:
        return None
    return vocabulary.bare(name, text, prefixes) or vocabulary.expand(text, prefixes)


def _where(given: Mapping[str, Any] | None, prefixes: Mapping[str, str]) -> Where | None:
    return None if given is None else Where(given["id"], _extensions(given, prefixes))


def _extensions(given: Mapping[str, Any], prefixes: Mapping[str, str]) -> dict[str, Any]:
    return {_key(name, prefixes): value for name, value in given.items() if ":" in name}


def _key(name: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, rest = name.partition(":")
    return f"{{{prefixes[prefix]}}}{rest}" if prefix in prefixes else name


def _typed(name: str, given: Any, prefixes: Mapping[str, str]) -> tuple[Typed, ...]:
    words = "bizTransaction" if name == "bizTransaction" else "sourceDest"
    return tuple(Typed(_word(words, one.get("type"), prefixes), one[name]) for one in given or ())


def _quantities(given: Any) -> tuple[Quantity, ...]:
    return tuple(
        Quantity(one["epcClass"], one.get("quantity"), one.get("uom")) for one in given or ()
    )


def _error(given: Mapping[str, Any] | None, prefixes: Mapping[str, str]) -> ErrorDeclaration | None:
    if given is None:
        return None
    at = parsed(given["declarationTime"])[0]
    reason = _word("errorReason", given.get("reason"), prefixes)
    return ErrorDeclaration(at, reason, tuple(given.get("correctiveEventIDs", ())))


def _object(event: Mapping[str, Any], common: dict[str, Any]) -> Event:
    quantities = _quantities(event.get("quantityList"))
    ilmd = event.get("ilmd", {})
    return ObjectEvent(
        **common, epcs=tuple(event.get("epcList", ())), quantities=quantities, ilmd=ilmd
    )


def _aggregation(event: Mapping[str, Any], common: dict[str, Any]) -> Event:
    kind = AggregationEvent if event["type"] == "AggregationEvent" else AssociationEvent
    return kind(
        **common, parent=event.get("parentID"), children=tuple(event.get("childEPCs", ())),
        quantities=_quantities(event.get("childQuantityList")),
    )  # fmt: skip


def _transaction(event: Mapping[str, Any], common: dict[str, Any]) -> Event:
    return TransactionEvent(
        **common, parent=event.get("parentID"), epcs=tuple(event.get("epcList", ())),
        quantities=_quantities(event.get("quantityList")),
    )  # fmt: skip


def _transformation(event: Mapping[str, Any], common: dict[str, Any]) -> Event:
    return TransformationEvent(
        **common,
        transformation=event.get("transformationID"),
        inputs=tuple(event.get("inputEPCList", ())),
        input_quantities=_quantities(event.get("inputQuantityList")),
        outputs=tuple(event.get("outputEPCList", ())),
        output_quantities=_quantities(event.get("outputQuantityList")),
        ilmd=event.get("ilmd", {}),
    )


_KINDS = {
    "ObjectEvent": _object,
    "AggregationEvent": _aggregation,
    "AssociationEvent": _aggregation,
    "TransactionEvent": _transaction,
    "TransformationEvent": _transformation,
}
