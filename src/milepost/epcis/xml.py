"""EPCIS documents in XML (1.2 and 2.0) as the JSON form of the same document.

The parser takes no document type, no entities and nothing from outside, and stops at limits.
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from milepost.epcis.issue import Notes
from milepost.epcis.xmlfields import WRAPPERS, Fields, joined, unwrapped
from milepost.epcis.xmlmaster import ALONE, master_data
from milepost.epcis.xmlorder import KINDS, misplaced
from milepost.epcis.xmlprefixes import Prefixes
from milepost.epcis.xmltree import MOST_BYTES, Element, NotXmlError, parse

__all__ = ["MOST_BYTES", "NotXmlError", "json_of"]

_DOCUMENTS = ("EPCISDocument", "EPCISQueryDocument", ALONE)
# The schema of 1.2 nests its fields otherwise; of 2.0 the order is kept to.
_ORDERED = ("urn:epcglobal:epcis:xsd:2", "urn:epcglobal:epcis-query:xsd:2")


def json_of(body: bytes, notes: Notes | None = None) -> dict[str, Any]:
    """The document's JSON form; what only XML can have wrong is noted. Raises NotXmlError where it
    is no XML, or not EPCIS.
    """
    try:
        root = parse(body)
    except (expat.ExpatError, RecursionError, ValueError, LookupError) as error:
        raise NotXmlError(f"not XML that is taken here: {error}") from None
    if root.name not in _DOCUMENTS and root.name not in KINDS:
        raise NotXmlError(f"the root is {root.name[:80]}, not an EPCIS document")
    return _Reader(root, Notes() if notes is None else notes).document()


class _Reader:
    def __init__(self, root: Element, notes: Notes) -> None:
        self._root = root
        self._notes = notes
        self._prefixes = Prefixes(root.prefixes)
        self._fields = Fields(self._prefixes)

    def document(self) -> dict[str, Any]:
        root = self._root
        if root.name in KINDS:
            event = self.event(root, "event")
            return {"@context": self._prefixes.context(), **event}
        kind = "EPCISDocument" if root.name == ALONE else root.name
        found: dict[str, Any] = {"type": kind, **self._ignored(root)}
        for name in ("schemaVersion", "creationDate"):
            if name in root.attributes:
                found[name] = root.attributes[name]
        path = "epcisBody." + ("" if kind == "EPCISDocument" else "queryResults.resultsBody.")
        events = [
            self.event(one, f"{path}eventList[{place}]")
            for place, one in enumerate(self._events(root))
        ]
        if kind == "EPCISDocument":
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
        if root.name == ALONE:
            return []
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

    def _ignored(self, root: Element) -> dict[str, list[str]]:
        """The fields that a sender's repository added: a hash goes without them."""
        named = root.find("ignoreFields")
        if named is None or named.plain:
            return {}
        return {self._prefixes.key(named): [self._prefixes.key(one) for one in named.children]}

    def event(self, element: Element, path: str) -> dict[str, Any]:
        """One event in its JSON form."""
        found: dict[str, Any] = {"type": element.name}
        if element.name in KINDS and self._root.namespace in _ORDERED:
            plain = (one.name for one in element.children if one.plain)
            if (wrong := misplaced(element.name, plain)) is not None:
                self._notes.warn(f"{path}.{wrong[0]}", f"has to come before {wrong[1]} in XML")
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
