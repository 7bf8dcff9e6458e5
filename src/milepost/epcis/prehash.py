"""The string that stands for an event before it is hashed (CBV 2.0 §8.9).

Names and values are joined without anything between, in the standard's order; what it gives no
order comes after, sorted. EPCs are Digital Links, words full URIs, times UTC with milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from milepost.epcis import times, vocabulary
from milepost.epcis.contexts import prefixes_of
from milepost.epcis.link import canonical
from milepost.epcis.vocabulary import PREFIXES, VOCABULARIES

# The standard's order. Lists of business transactions, sources and destinations stand among the
# rest, as in the published vectors.
_ORDER = (
    "eventTime", "eventTimeZoneOffset", "certificationInfo", "parentID", "epcList",
    "inputEPCList", "childEPCs", "quantityList", "childQuantityList", "inputQuantityList",
    "outputEPCList", "outputQuantityList", "action", "transformationID", "bizStep", "disposition",
    "persistentDisposition", "readPoint", "bizLocation", "sensorElementList",
)  # fmt: skip
_METADATA = (
    "time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData",
    "dataProcessingMethod", "bizRules",
)  # fmt: skip
_REPORT = (
    "type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod",
    "bizRules", "time", "microorganism", "chemicalSubstance", "value", "component", "stringValue",
    "booleanValue", "hexBinaryValue", "uriValue", "minValue", "maxValue", "meanValue", "sDev",
    "percRank", "percValue", "uom", "coordinateReferenceSystem",
)  # fmt: skip
_NEVER = frozenset(
    ("type", "@context", "recordTime", "eventID", "errorDeclaration", "rdfs:comment", "comment")
)  # fmt: skip
_TIMES = frozenset(("eventTime", "time", "startTime", "endTime"))
_WORDS = {
    "bizStep": "bizStep", "disposition": "disposition", "exception": "exception",
    "component": "component",
}  # fmt: skip
_TYPES = {"bizTransaction": "bizTransaction", "source": "sourceDest", "destination": "sourceDest"}


def prehash(
    event: Mapping[str, Any],
    prefixes: Mapping[str, str] = PREFIXES,
    ignored: Iterable[str] = (),
) -> str:
    """The string of an event in its JSON form. `ignored` names fields that do not count."""
    known = prefixes_of(event.get("@context"), prefixes)
    return _Writer(known, frozenset(ignored)).event(event)


class _Writer:
    def __init__(self, prefixes: Mapping[str, str], ignored: frozenset[str]) -> None:
        self._prefixes = prefixes
        self._skipped = _NEVER | ignored
        lists: dict[str, Callable[[Any], str]] = {}
        for name in ("epcList", "inputEPCList", "outputEPCList", "childEPCs"):
            lists[name] = self._epcs
        for name in ("quantity", "childQuantity", "inputQuantity", "outputQuantity"):
            lists[f"{name}List"] = self._quantities
        self._special: dict[str, Callable[[Any], str]] = lists | {
            "persistentDisposition": self._persistent,
            "readPoint": self._place,
            "bizLocation": self._place,
            "sensorElementList": self._sensors,
            "bizTransactionList": lambda value: self._typed("bizTransaction", value),
            "sourceList": lambda value: self._typed("source", value),
            "destinationList": lambda value: self._typed("destination", value),
        }

    def event(self, event: Mapping[str, Any]) -> str:
        ordered = "".join(self._member(name, event[name]) for name in _ORDER if name in event)
        rest = [name for name in event if name not in _ORDER and name not in self._skipped]
        return f"eventType={event.get('type')}{ordered}{self._sorted(event, rest)}"

    def _member(self, name: str, value: Any) -> str:
        special = self._special.get(name)
        if special is not None:
            text = special(value)
            return name + text if text else ""
        return self._simple(name, value)

    def _sorted(self, given: Mapping[str, Any], names: Iterable[str]) -> str:
        """What has no order of its own, in that of the strings themselves."""
        return "".join(sorted(piece for name in names for piece in self._free(name, given[name])))

    def _simple(self, name: str, value: Any) -> str:
        values = value if isinstance(value, list) else [value]
        return "".join(sorted(self._pair(name, one) for one in values))

    def _pair(self, name: str, value: Any) -> str:
        text = self._text(name, value)
        return f"{name}={text}" if text else ""

    def _text(self, name: str, value: Any) -> str:
        if name in _TIMES and isinstance(value, str):
            return times.canonical(value.strip())
        word = _WORDS.get(name)
        if word is not None and isinstance(value, str):
            return vocabulary.full(word, value.strip(), self._prefixes)
        return self._value(value)

    def _value(self, value: Any) -> str:
        """Any value: numbers without idle zeros, words and EPCs in their one form."""
        if isinstance(value, bool):
            return "true" if value else "false"
        text = str(value).strip()
        number = _numeric(text)
        if number is not None:
            return number
        return canonical(_web(vocabulary.expand(text, self._prefixes)))

    def _epcs(self, value: Any) -> str:
        return "".join(sorted(self._pair("epc", one) for one in _listed(value)))

    def _quantities(self, value: Any) -> str:
        return "".join(sorted("quantityElement" + self._quantity(one) for one in _listed(value)))

    def _quantity(self, one: Any) -> str:
        return self._in_order(one, ("epcClass", "quantity", "uom"))

    def _in_order(self, given: Any, order: Iterable[str]) -> str:
        """The members of an object that has an order, then its extensions."""
        if not isinstance(given, Mapping):
            return ""
        known = tuple(order)
        first = "".join(self._simple(name, given[name]) for name in known if name in given)
        rest = [name for name in given if name not in known and name not in self._skipped]
        return first + self._sorted(given, rest)

    def _persistent(self, value: Any) -> str:
        if not isinstance(value, Mapping):
            return ""
        pieces = []
        for name in ("set", "unset"):
            words = (vocabulary.full("disposition", str(one), self._prefixes)
                     for one in _listed(value.get(name)))  # fmt: skip
            pieces += sorted(f"{name}={one}" for one in words)
        return "".join(pieces)

    def _place(self, value: Any) -> str:
        return self._in_order(value, ("id",))

    def _typed(self, name: str, value: Any) -> str:
        return "".join(sorted(self._one_typed(name, one) for one in _listed(value)))

    def _one_typed(self, name: str, one: Any) -> str:
        if not isinstance(one, Mapping):
            return ""
        kind = one.get("type")
        word = "" if kind is None else vocabulary.full(_TYPES[name], str(kind), self._prefixes)
        return (f"type={word}" if word else "") + self._pair(name, one.get(name, ""))

    def _sensors(self, value: Any) -> str:
        return "".join(sorted("sensorElement" + self._sensor(one) for one in _listed(value)))

    def _sensor(self, one: Any) -> str:
        if not isinstance(one, Mapping):
            return ""
        metadata = self._in_order(one.get("sensorMetadata"), _METADATA)
        reports = sorted("sensorReport" + self._report(report)
                         for report in _listed(one.get("sensorReport")))  # fmt: skip
        rest = [name for name in one if name not in ("sensorMetadata", "sensorReport")]
        rest = [name for name in rest if name not in self._skipped]
        start = "sensorMetadata" + metadata if metadata else ""
        return start + "".join(reports) + self._sorted(one, rest)

    def _report(self, report: Any) -> str:
        if not isinstance(report, Mapping):
            return ""
        kind = report.get("type")
        word = vocabulary.full("measurement", kind, self._prefixes) if isinstance(kind, str) else ""
        rest = {name: value for name, value in report.items() if name != "type"}
        return (f"type={word}" if word else "") + self._in_order_without_type(rest)

    def _in_order_without_type(self, report: Mapping[str, Any]) -> str:
        return self._in_order(report, _REPORT[1:])

    def _free(self, name: str, value: Any) -> list[str]:
        """An extension, or a list that stands among the extensions: one piece a value."""
        if name in self._skipped:
            return []
        if name in self._special:
            text = self._special[name](value)
            return [name + text] if text else []
        key = self._name(name)
        if isinstance(value, list):
            return [piece for one in value for piece in self._free(name, one)]
        if isinstance(value, Mapping):
            inner = self._sorted(value, [one for one in value if one != "#text"])
            text = self._value(value["#text"]) if "#text" in value else ""
            return [key + (f"={text}" if text else "") + inner]
        text = "" if value is None else self._value(value)
        return [f"{key}={text}" if text else key]

    def _name(self, name: str) -> str:
        prefix, colon, rest = name.partition(":")
        base = self._prefixes.get(prefix) if colon else None
        return name if base is None else f"{{{base}}}{rest}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


_URNS = tuple((one.urn, one.base) for one in VOCABULARIES.values() if one.urn is not None)


def _web(text: str) -> str:
    for urn, base in _URNS:
        if text.startswith(urn):
            return base + text[len(urn) :]
    return text


def _numeric(text: str) -> str | None:
    """A number without sign +, idle zeros or exponent; None where the text is no number."""
    if not text or text[0] not in "+-.0123456789" or len(text) > 400:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if "_" in text or not number.is_finite() or not -400 < number.adjusted() < 400:
        return None
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    sign, digits = plain.startswith("-"), plain.lstrip("-").lstrip("0") or "0"
    digits = f"0{digits}" if digits.startswith(".") else digits
    return f"-{digits}" if sign and digits != "0" else digits
