"""Documents in XML: what `xml.py` reads, the other way round.

Words of vocabularies are told as URIs, as XML wants them. What is read again has the same hash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from milepost.epcis import vocabulary
from milepost.epcis.contexts import prefixes_of
from milepost.epcis.xmlorder import KINDS, order_of
from milepost.epcis.xmlpieces import Names, NotWritableError, element, escaped, leaf, text_of

__all__ = ["NotWritableError", "xml_of"]

_QUERY = "urn:epcglobal:epcis-query:xsd:2"
_DOCUMENT = "urn:epcglobal:epcis:xsd:2"
_WORDS = {"bizStep": "bizStep", "disposition": "disposition", "reason": "errorReason"}
_LISTS = {"epcList": "epc", "childEPCs": "epc", "inputEPCList": "epc", "outputEPCList": "epc",
          "correctiveEventIDs": "correctiveEventID"}  # fmt: skip
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_TYPED = {"bizTransactionList": ("bizTransaction", "bizTransaction"),
          "sourceList": ("source", "sourceDest"),
          "destinationList": ("destination", "sourceDest")}  # fmt: skip
_REPORT_WORDS = {"type": "measurement", "exception": "exception", "component": "component"}


def xml_of(document: Mapping[str, Any]) -> bytes:
    """An EPCISDocument or EPCISQueryDocument in its JSON form, as XML 2.0. Raises
    NotWritableError where an event has what XML has no form for.
    """
    prefixes = prefixes_of(document.get("@context"))
    body = document["epcisBody"]
    results = body.get("queryResults")
    listed = body["eventList"] if results is None else results["resultsBody"]["eventList"]
    events = element("EventList", "".join(_event(one, prefixes) for one in listed))
    if results is not None:
        named = [leaf(one, results[one]) for one in ("queryName", "subscriptionID")
                 if one in results]  # fmt: skip
        events = element("q:QueryResults", "".join(named) + element("resultsBody", events))
    kind, prefix, namespace = (
        ("EPCISDocument", "e", _DOCUMENT) if results is None
        else ("EPCISQueryDocument", "q", _QUERY)
    )  # fmt: skip
    attributes = {f"xmlns:{prefix}": namespace, "schemaVersion": "2.0",
                  "creationDate": str(document["creationDate"])}  # fmt: skip
    whole = element(f"{prefix}:{kind}", element("EPCISBody", events), attributes)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + whole.encode()


def _event(event: Mapping[str, Any], around: Mapping[str, str]) -> str:
    kind = event["type"]
    if kind not in KINDS:
        raise NotWritableError(f"events of the type '{kind[:80]}' are told in JSON only")
    prefixes = prefixes_of(event.get("@context"), around)
    writer = _Writer(prefixes)
    told = (name for name in order_of(kind) if name in event)
    inside = "".join(writer.member(name, event[name]) for name in told)
    inside += writer.names.many(event.items())
    return element(kind, inside, writer.names.declared())


class _Writer:
    """Writes one event."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self.names = Names(prefixes)
        self._parts: dict[str, Callable[[str, Any], str]] = {
            "readPoint": self._place,
            "bizLocation": self._place,
            "errorDeclaration": self._error,
            "certificationInfo": self._each,
            "persistentDisposition": self._persistent,
            "sensorElementList": self._sensors,
            "ilmd": lambda name, value: element(name, self.names.many(value.items())),
        }

    def member(self, name: str, value: Any) -> str:
        """A field of the standard's own."""
        if name in self._parts:
            return self._parts[name](name, value)
        if name in _WORDS:
            return leaf(name, self._word(_WORDS[name], value))
        if name in _LISTS:
            return element(name, "".join(leaf(_LISTS[name], one) for one in value))
        if name in _QUANTITIES:
            return element(name, "".join(map(self._quantity, value)))
        if name in _TYPED:
            return element(name, "".join(self._typed(*_TYPED[name], one) for one in value))
        return leaf(name, value)

    def _word(self, name: str, value: str) -> str:
        return vocabulary.full(name, value, self._prefixes)

    def _each(self, name: str, value: Any) -> str:
        return "".join(leaf(name, one) for one in _listed(value))

    def _place(self, name: str, value: Mapping[str, Any]) -> str:
        return element(name, leaf("id", value["id"]) + self.names.many(value.items()))

    def _error(self, name: str, value: Mapping[str, Any]) -> str:
        order = ("declarationTime", "reason", "correctiveEventIDs")
        inside = "".join(self.member(one, value[one]) for one in order if one in value)
        return element(name, inside + self.names.many(value.items()))

    def _persistent(self, name: str, value: Mapping[str, Any]) -> str:
        return element(name, "".join(
            leaf(one, self._word("disposition", word))
            for one in ("set", "unset") for word in _listed(value.get(one, []))
        ))  # fmt: skip

    def _quantity(self, one: Mapping[str, Any]) -> str:
        order = ("epcClass", "quantity", "uom")
        return element("quantityElement", "".join(leaf(n, one[n]) for n in order if n in one))

    def _typed(self, name: str, words: str, one: Mapping[str, Any]) -> str:
        kind = one.get("type")
        attributes = {} if kind is None else {"type": self._word(words, kind)}
        return element(name, escaped(one[name]), attributes)

    def _sensors(self, name: str, value: Iterable[Mapping[str, Any]]) -> str:
        return element(name, "".join(map(self._sensor, value)))

    def _sensor(self, one: Mapping[str, Any]) -> str:
        metadata = one.get("sensorMetadata")
        inside = "" if metadata is None else element("sensorMetadata", "", self._values(metadata))
        reports = one.get("sensorReport", ())
        inside += "".join(element("sensorReport", "", self._values(each)) for each in reports)
        return element("sensorElement", inside + self.names.many(one.items()))

    def _values(self, given: Mapping[str, Any]) -> dict[str, str]:
        """Fields as attributes; they can hold no more than a text."""
        found = {}
        for name, value in given.items():
            if isinstance(value, dict | list):
                raise NotWritableError(f"'{name[:80]}' of a sensor holds more than a text")
            told = text_of(value)
            if name in _REPORT_WORDS:
                told = self._word(_REPORT_WORDS[name], told)
            found[self.names.of(name) if ":" in name else name] = told
        return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
