"""What a store keeps of an event beside its JSON, so that it can be found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from milepost.epcis import vocabulary
from milepost.epcis.contexts import EPCIS_CONTEXT, prefixes_of
from milepost.epcis.hashing import event_hash
from milepost.epcis.keys import KEYS
from milepost.epcis.link import canonical
from milepost.epcis.times import parsed
from milepost.epcis.urn import DOMAIN
from milepost.epcis.vocabulary import PREFIXES


class Entry(Struct, frozen=True, kw_only=True):
    """One event on its way into a store; see migration 0005. Times are aware. `ignored` names the
    fields that do not count for the hash.
    """

    hash: str
    erroneous: bool
    event_id: str
    type: str
    event_time: datetime
    action: str | None
    biz_step: str | None
    disposition: str | None
    read_point: str | None
    biz_location: str | None
    parent: str | None
    transformation: str | None
    epcs: list[str]
    inputs: list[str]
    outputs: list[str]
    classes: list[str]
    input_classes: list[str]
    output_classes: list[str]
    transactions: list[str]
    sources: list[str]
    destinations: list[str]
    set_dispositions: list[str]
    unset_dispositions: list[str]
    sensed: list[datetime]
    sensed_from: list[datetime]
    sensed_until: list[datetime]
    body: dict[str, Any]
    ignored: list[str]


def entry_of(
    event: Mapping[str, Any], prefixes: Mapping[str, str], ignored: Iterable[str] = ()
) -> Entry:
    """The entry of an event that has passed the check. Without an event ID, its hash is it."""
    known = prefixes_of(event.get("@context"), prefixes)
    ignored = frozenset(ignored)
    identity = event_hash(event, prefixes, ignored)
    event_id = event.get("eventID") or identity
    persistent = event.get("persistentDisposition") or {}
    return Entry(
        hash=identity,
        erroneous="errorDeclaration" in event,
        event_id=event_id,
        type=event["type"],
        event_time=parsed(event["eventTime"])[0],
        action=event.get("action"),
        biz_step=word("bizStep", event.get("bizStep"), known),
        disposition=word("disposition", event.get("disposition"), known),
        read_point=_place(event.get("readPoint")),
        biz_location=_place(event.get("bizLocation")),
        parent=_one(event.get("parentID")),
        transformation=_one(event.get("transformationID")),
        epcs=_canonical(event, "epcList", "childEPCs"),
        inputs=_canonical(event, "inputEPCList"),
        outputs=_canonical(event, "outputEPCList"),
        classes=_classes(event, "quantityList", "childQuantityList"),
        input_classes=_classes(event, "inputQuantityList"),
        output_classes=_classes(event, "outputQuantityList"),
        transactions=_typed(event, "bizTransactionList", "bizTransaction", known),
        sources=_typed(event, "sourceList", "source", known),
        destinations=_typed(event, "destinationList", "destination", known),
        set_dispositions=_words(persistent.get("set"), known),
        unset_dispositions=_words(persistent.get("unset"), known),
        sensed=list(_times(event, "time")),
        sensed_from=list(_times(event, "startTime")),
        sensed_until=list(_times(event, "endTime")),
        body=_kept(event, event_id, known),
        ignored=sorted(ignored),
    )


def word(name: str, text: str | None, prefixes: Mapping[str, str] = PREFIXES) -> str | None:
    """The bare word where it is the standard's, else the URI."""
    if text is None:
        return None
    return vocabulary.bare(name, text, prefixes) or vocabulary.expand(text, prefixes)


def typed_key(name: str, kind: str | None, value: str, prefixes: Mapping[str, str]) -> str:
    """How a business transaction, source or destination is looked up: `type|id`."""
    words = "bizTransaction" if name == "bizTransaction" else "sourceDest"
    return f"{word(words, kind, prefixes) or ''}|{canonical(value)}"


def pattern_of(epc: str) -> str | None:
    """A regular expression on canonical links for an EPC pattern (`urn:epc:idpat:sscc:6901234.*`);
    None for what is no pattern of a key that we know.
    """
    found = re.fullmatch(r"urn:epc:idpat:([a-z]+):([\d.*]+)", epc)
    key = KEYS.get(found[1]) if found else None
    if found is None or key is None or "*" not in found[2]:
        return None
    parts = [*found[2].split("."), "*"]
    company, reference = parts[0], parts[1]
    if company == "*":
        return f"^{re.escape(DOMAIN)}/{key.ai}/"
    if not company.isdigit():
        return None
    if key.digits is None:
        return f"^{re.escape(DOMAIN)}/{key.ai}/{company}"
    rest = key.digits - len(company)
    item = reference if reference != "*" else r"\d" * max(rest, 0)
    if key.lead:
        digits = (item[0] if reference != "*" else r"\d") + company
        digits += item[1:] if reference != "*" else r"\d" * max(rest - 1, 0)
    else:
        digits = ("0" if key.zero else "") + company + item
    return f"^{re.escape(DOMAIN)}/{key.ai}/{digits}\\d"


def _kept(event: Mapping[str, Any], event_id: str, prefixes: Mapping[str, str]) -> dict[str, Any]:
    """The event by itself: with the prefixes that its document declared."""
    own = {name: uri for name, uri in prefixes.items() if PREFIXES.get(name) != uri}
    own = {name: uri for name, uri in own.items() if not uri.startswith(EPCIS_CONTEXT)}
    kept = {name: value for name, value in event.items() if name not in ("@context", "recordTime")}
    return ({"@context": [own]} if own else {}) | kept | {"eventID": event_id}


def _place(where: Any) -> str | None:
    return canonical(where["id"]) if where else None


def _one(text: Any) -> str | None:
    return canonical(text) if text else None


def _canonical(event: Mapping[str, Any], *names: str) -> list[str]:
    return [canonical(one) for name in names for one in event.get(name, ())]


def _classes(event: Mapping[str, Any], *names: str) -> list[str]:
    return [canonical(one["epcClass"]) for name in names for one in event.get(name, ())]


def _typed(
    event: Mapping[str, Any], name: str, field: str, prefixes: Mapping[str, str]
) -> list[str]:
    given = event.get(name, ())
    return [typed_key(field, one.get("type"), one[field], prefixes) for one in given]


def _words(given: Any, prefixes: Mapping[str, str]) -> list[str]:
    return [word("disposition", one, prefixes) or "" for one in given or ()]


def _times(event: Mapping[str, Any], name: str) -> Iterator[datetime]:
    for element in event.get("sensorElementList", ()):
        for part in (element.get("sensorMetadata", {}), *element["sensorReport"]):
            if name in part:
                yield parsed(part[name])[0]
