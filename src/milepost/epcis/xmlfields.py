"""The fields of an event in XML, in their JSON form."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from milepost.epcis.vocabulary import bare
from milepost.epcis.xmlprefixes import Prefixes
from milepost.epcis.xmltree import Element

WRAPPERS = {"extension", "baseExtension"}
_LISTS = {"epcList": "epc", "childEPCs": "epc", "inputEPCList": "epc", "outputEPCList": "epc",
          "correctiveEventIDs": "correctiveEventID"}  # fmt: skip
# Of the schema, and no content: the type of an element, that it is nil.
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}"
_NIL = f"{_SCHEMA}nil"
_QUANTITIES = {"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"}
_TYPED = {"bizTransactionList": "bizTransaction", "sourceList": "source",
          "destinationList": "destination"}  # fmt: skip
_WORDS = {"bizStep": "bizStep", "disposition": "disposition", "reason": "errorReason"}
_TYPE_WORDS = {"bizTransaction": "bizTransaction", "source": "sourceDest",
               "destination": "sourceDest"}  # fmt: skip
_TIMES = {"eventTime", "recordTime", "declarationTime"}
# Published documents in XML leave the seconds out.
_BY_MINUTE = re.compile(r"(T\d\d:\d\d)(Z|[+-]\d\d:\d\d)$")
_NUMBERS = {"value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"}
_REPORT_WORDS = {"type": "measurement", "exception": "exception", "component": "component"}


class Fields:
    """Reads the fields of events; `prefixes` name what is not the standard's own."""

    def __init__(self, prefixes: Prefixes) -> None:
        self._prefixes = prefixes
        self._parts: dict[str, Callable[[Element], Any]] = {
            "readPoint": self._place,
            "bizLocation": self._place,
            "persistentDisposition": self._persistent,
            "errorDeclaration": self._error,
            "ilmd": self._ilmd,
            "sensorElementList": self._sensors,
        }

    def member(self, child: Element) -> tuple[str, Any]:
        name = self._prefixes.key(child)
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
        if name in _TIMES:
            return name, _BY_MINUTE.sub(r"\1:00\2", child.text)
        return name, self._free(child) if child.children else child.text

    def _free(self, element: Element) -> Any:
        """An extension: text, or what is in it."""
        found: dict[str, Any] = {
            name: text for name, text in element.attributes.items() if not name.startswith(_SCHEMA)
        }
        for child in element.children:
            put(found, self._prefixes.key(child), self._free(child))
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
        for child in unwrapped(element):
            value = child.text if child.plain and child.name == "id" else self._free(child)
            put(found, self._prefixes.key(child), value)
        return found

    def _persistent(self, element: Element) -> dict[str, Any]:
        found: dict[str, list[str]] = {}
        for child in element.children:
            found.setdefault(child.name, []).append(_word("disposition", child.text))
        return found

    def _error(self, element: Element) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for child in unwrapped(element):
            put(found, *self.member(child))
        return found

    def _ilmd(self, element: Element) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for child in unwrapped(element):
            put(found, self._prefixes.key(child), self._free(child))
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
                put(found, self._prefixes.key(child), self._free(child))
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
            found[self._prefixes.attribute(name)] = value
        return found


def unwrapped(element: Element) -> list[Element]:
    """The children, and in place of `extension` and `baseExtension` what these hold."""
    found: list[Element] = []
    for child in element.children:
        found += unwrapped(child) if child.plain and child.name in WRAPPERS else [child]
    return found


def joined(known: Any, value: Any) -> list[Any]:
    """A list with one more; a single value is a list of one."""
    return [*(known if isinstance(known, list) else [known]), value]


def put(found: dict[str, Any], key: str, value: Any) -> None:
    """An element that is there again makes a list."""
    found[key] = joined(found[key], value) if key in found else value


def _word(vocabulary: str, text: str) -> str:
    return bare(vocabulary, text) or text


def _number(text: str) -> Any:
    """A number where the text is one; else the text, so that the check can name it."""
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
