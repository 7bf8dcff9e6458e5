"""EPCIS documents in XML (1.2 and 2.0) as the JSON form of the same document.

The parser takes no document type, no entities and nothing from outside, and stops at limits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from milepost.epcis.vocabulary import bare
from milepost.epcis.xmlmaster import master_data
from milepost.epcis.xmltree import MOST_BYTES, Element, NotXmlError, parse

__all__ = ["MOST_BYTES", "NotXmlError", "json_of"]

_EVENTS = {
    "ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent",
    "AssociationEvent",
}  # fmt: skip
_WRAPPERS = {"extension", "baseExtension"}
_LISTS = {"epcList": "epc", "childEPCs": "epc", "inputEPCList": "epc", "outputEPCList": "epc",
          "correctiveEventIDs": "correctiveEventID"}  # fmt: skip
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_QUANTITIES = {"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"}
_TYPED = {"bizTransactionList": "bizTransaction", "sourceList": "source",
          "destinationList": "destination"}  # fmt: skip
_WORDS = {"bizStep": "bizStep", "disposition": "disposition", "reason": "errorReason"}
_TYPE_WORDS = {"bizTransaction": "bizTransaction", "source": "sourceDest",
               "destination": "sourceDest"}  # fmt: skip
_NUMBERS = {"value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"}
_REPORT_WORDS = {"type": "measurement", "exception": "exception", "component": "component"}
_SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"


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
    """Reads one document. `prefixes` are those of the namespaces met, for the JSON-LD context."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._prefixes = {name: _namespace(uri) for name, uri in root.prefixes.items()}
        self._parts: dict[str, Callable[[Element], Any]] = {
            "readPoint": self._place,
            "bizLocation": self._place,
            "persistentDisposition": self._persistent,
            "errorDeclaration": self._error,
            "ilmd": self._ilmd,
            "sensorElementList": self._sensors,
        }

    def document(self) -> dict[str, Any]:
        root = self._root
        if root.name in _EVENTS:
            event = self.event(root)
            return {"@context": self._context(), **event}
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
        return {"@context": self._context(), **found}

    def _context(self) -> list[Any]:
        own = {name: uri for name, uri in self._prefixes.items() if name and not _standard(uri)}
        start: list[Any] = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]
        return [*start, own] if own else start

    def _events(self, root: Element) -> list[Element]:
        listed = root.find("EventList")
        if listed is None:
            raise NotXmlError("there is no EventList")
        found: list[Element] = []
        waiting = list(listed.children)
        while waiting:
            one = waiting.pop(0)
            if one.name in _WRAPPERS:
                waiting[:0] = one.children
            else:
                found.append(one)
        return found

    def event(self, element: Element) -> dict[str, Any]:
        """One event in its JSON form."""
        found: dict[str, Any] = {"type": element.name}
        for child in _unwrapped(element):
            key, value = self._member(child)
            if key == "certificationInfo" and key in found:
                known = found[key]
                value = [*(known if isinstance(known, list) else [known]), value]
            elif key in found and ":" in key:
                value = _joined(found[key], value)
            elif key in found and isinstance(value, dict) and isinstance(found[key], dict):
                value = found[key] | value
            found[key] = value
        return found

    def _member(self, child: Element) -> tuple[str, Any]:
        name = self._key(child)
        if not child.plain:
            return name, self._free(child)
        read = self._parts.get(name)
        if read is not None:
            return name, read(child)
        if name in _LISTS:
            return name, [one.text for one in child.children]
        if name in _QUANTITIES:
            return name, [self._quantity(one) for one in child.children]
        if name in _TYPED:
            return name, [self._typed(one) for one in child.children]
        if name in _WORDS:
            return name, _word(_WORDS[name], child.text)
        return name, self._free(child) if child.children else child.text

    def _key(self, element: Element) -> str:
        if element.plain:
            return element.name
        return f"{self._prefix(element)}:{element.name}"

    def _prefix(self, element: Element) -> str:
        for prefix, uri in self._prefixes.items():
            if uri == _namespace(element.namespace) and prefix:
                return prefix
        prefix = element.prefix or "ns"
        while prefix in self._prefixes:
            prefix += "x"
        self._prefixes[prefix] = _namespace(element.namespace)
        return prefix

    def _free(self, element: Element) -> Any:
        """An extension: text, or what is in it."""
        found: dict[str, Any] = dict(element.attributes)
        for child in element.children:
            _put(found, self._key(child), self._free(child))
        if not found:
            return element.text
        return found | {"#text": element.text} if element.text else found

    def _quantity(self, element: Element) -> dict[str, Any]:
        told = [one for one in element.children if one.attributes.get(_NIL) not in ("true", "1")]
        found: dict[str, Any] = {one.name: one.text for one in told}
        if "quantity" in found:
            found["quantity"] = _number(found["quantity"])
        return found

    def _typed(self, element: Element) -> dict[str, Any]:
        name = element.name
        found: dict[str, Any] = {}
        if "type" in element.attributes:
            found["type"] = _word(_TYPE_WORDS.get(name, "sourceDest"), element.attributes["type"])
        return found | {name: element.text}

    def _place(self, element: Element) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for child in _unwrapped(element):
            value = child.text if child.plain and child.name == "id" else self._free(child)
            _put(found, self._key(child), value)
        return found

    def _persistent(self, element: Element) -> dict[str, Any]:
        found: dict[str, list[str]] = {}
        for child in element.children:
            found.setdefault(child.name, []).append(_word("disposition", child.text))
        return found

    def _error(self, element: Element) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for child in _unwrapped(element):
            _put(found, *self._member(child))
        return found

    def _ilmd(self, element: Element) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for child in _unwrapped(element):
            _put(found, self._key(child), self._free(child))
        return found

    def _sensors(self, element: Element) -> list[Any]:
        return [self._sensor(one) for one in element.children]

    def _sensor(self, element: Element) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for child in element.children:
            if child.name == "sensorMetadata":
                found["sensorMetadata"] = self._attributes(child)
            elif child.name == "sensorReport":
                found.setdefault("sensorReport", []).append(self._attributes(child))
            else:
                _put(found, self._key(child), self._free(child))
        return found

    def _attributes(self, element: Element) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, text in element.attributes.items():
            value: Any = text
            if name in _NUMBERS:
                value = _number(text)
            elif name == "booleanValue":
                value = text in ("true", "1")
            elif name in _REPORT_WORDS:
                value = _word(_REPORT_WORDS[name], text)
            found[self._attribute(name)] = value
        return found

    def _attribute(self, name: str) -> str:
        uri, brace, local = name.rpartition("}")
        if not brace:
            return name
        return f"{self._prefix(Element(name=local, namespace=uri[1:]))}:{local}"


def _unwrapped(element: Element) -> list[Element]:
    """The children, and in place of `extension` and `baseExtension` what these hold."""
    found: list[Element] = []
    for child in element.children:
        found += _unwrapped(child) if child.plain and child.name in _WRAPPERS else [child]
    return found


def _namespace(uri: str) -> str:
    """Master data attributes have a namespace that JSON writes with a colon, XML without."""
    return f"{uri}:" if uri == "urn:epcglobal:cbv:mda" else uri


def _standard(uri: str) -> bool:
    return uri.startswith(("urn:epcglobal:epcis", "http://www.w3.org/2001/XMLSchema", _SBDH))


def _joined(known: Any, value: Any) -> list[Any]:
    return [*(known if isinstance(known, list) else [known]), value]


def _put(found: dict[str, Any], key: str, value: Any) -> None:
    """An element that is there again makes a list."""
    found[key] = _joined(found[key], value) if key in found else value


def _word(vocabulary: str, text: str) -> str:
    return bare(vocabulary, text) or text


def _number(text: str) -> Any:
    """A number where the text is one; else the text, so that the check can name it."""
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
