"""EPCIS documents in XML (1.2 and 2.0) as the JSON form of the same document.

The parser takes no document type, no entities and nothing from outside, and stops at limits.
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from milepost.epcis.xmlfields import WRAPPERS, Fields, joined, unwrapped
from milepost.epcis.xmlmaster import master_data
from milepost.epcis.xmlprefixes import Prefixes
from milepost.epcis.xmltree import MOST_BYTES, Element, NotXmlError, parse

__all__ = ["MOST_BYTES", "NotXmlError", "json_of"]

_EVENTS = {
    "ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent",
    "AssociationEvent",
}  # fmt: skip


def json_of(body: bytes) -> dict[str, Any]:
    """The document's JSON form. Raises NotXmlError where it is no XML, or not EPCIS."""
    try:
        root = parse(body)
    except (expat.ExpatError, RecursionError, ValueError, LookupError) as error:
        raise NotXmlError(f"not XML that is taken here: {error}") from None
    if root.name not in ("EPCISDocument", "EPCISQueryDocument") and root.name not in _EVENTS:
        raise NotXmlError(f"the root is {root.name[:80]}, not an EPCIS document")
    return _Reader(root).document()


class _Reader:
    def __init__(self, root: Element) -> None:
        self._root = root
        self._prefixes = Prefixes(root.prefixes)
        self._fields = Fields(self._prefixes)

    def document(self) -> dict[str, Any]:
        root = self._root
        if root.name in _EVENTS:
            event = self.event(root)
            return {"@context": self._prefixes.context(), **event}
        found: dict[str, Any] = {"type": root.name}
        for name in ("schemaVersion", "creationDate"):
            if name in root.attributes:
                found[name] = root.attributes[name]
        events = [self.event(one) for one in self._events(root)]
        if root.name == "EPCISDocument":
            header = master_data(root)
            found |= {"epcisHeader": header} if header is not None else {}
            found["epcisBody"] = {"eventList": events}
        else:
            results: dict[str, Any] = {"queryName": "", "resultsBody": {"eventList": events}}
            for name in ("queryName", "subscriptionID"):
                if (told := root.find(name)) is not None:
                    results[name] = told.text
            found["epcisBody"] = {"queryResults": results}
        return {"@context": self._prefixes.context(), **found}

    def _events(self, root: Element) -> list[Element]:
        listed = root.find("EventList")
        if listed is None:
            raise NotXmlError("there is no EventList")
        found: list[Element] = []
        waiting = list(listed.children)
        while waiting:
            one = waiting.pop(0)
            if one.name in WRAPPERS:
                waiting[:0] = one.children
            else:
                found.append(one)
        return found

    def event(self, element: Element) -> dict[str, Any]:
        """One event in its JSON form."""
        found: dict[str, Any] = {"type": element.name}
        for child in unwrapped(element):
            key, value = self._fields.member(child)
            if key == "certificationInfo" and key in found:
                known = found[key]
                value = [*(known if isinstance(known, list) else [known]), value]
            elif key in found and ":" in key:
                value = joined(found[key], value)
            elif key in found and isinstance(value, dict) and isinstance(found[key], dict):
                value = found[key] | value
            found[key] = value
        return found
