"""Conditions on what stands within the events, as paths of JSON. Values are bound."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from milepost.epcis.indexing import word
from milepost.epcis.link import canonical
from milepost.epcis.times import parsed
from milepost.epcis.vocabulary import PREFIXES, VOCABULARIES
from milepost.stores.postgres.epcis_columns import Build, Values, bind, listed

_OPERATORS = {"EQ": "==", "GT": ">", "GE": ">=", "LT": "<", "LE": "<="}
_REPORT = "$.sensorElementList[*].sensorReport[*]"
_BASES = {
    "": "$", "ILMD": "$.ilmd", "ERROR_DECLARATION": "$.errorDeclaration",
    "SENSORELEMENT": "$.sensorElementList[*]",
    "SENSORMETADATA": "$.sensorElementList[*].sensorMetadata", "SENSORREPORT": _REPORT,
    "readPoint": "$.readPoint", "bizLocation": "$.bizLocation",
}  # fmt: skip


def _path(path: str, bound: Mapping[str, Any], values: Values) -> str:
    variables = bind(values, json.dumps(bound))
    return f"jsonb_path_exists(body, '{path}', {variables}::jsonb, true)"


def any_of(paths: Iterable[tuple[str, Mapping[str, Any]]], values: Values) -> str:
    """One of these paths, each with its variables, leads to something."""
    found = " OR ".join(_path(path, bound, values) for path, bound in paths)
    return f"({found})" if found else "false"  # an empty list has nothing in it


def sensor_field(name: str, vocabulary: str | None = None) -> Build:
    """A field of sensor reports or metadata."""

    def build(value: Any, values: Values) -> str:
        given = [form for one in listed(value) for form in _forms(vocabulary, one)]
        paths = [
            (f"{base}.{name} ? (@ == $v)", {"v": one})
            for one in given
            for base in (_REPORT, _BASES["SENSORMETADATA"])
        ]
        return any_of(paths, values)

    return build


def _forms(vocabulary: str | None, value: Any) -> list[Any]:
    """Every way to write the same: a word bare, full or compact; an EPC as it is or canonical."""
    if not isinstance(value, str):
        return [value]
    bare = None if vocabulary is None else word(vocabulary, value)
    if vocabulary is None or bare is None or ":" in bare:
        return list(dict.fromkeys((value, canonical(value))))
    full = VOCABULARIES[vocabulary].base + bare
    compact = [f"{prefix}:{full[len(base) :]}" for prefix, base in PREFIXES.items()
               if full.startswith(base)]  # fmt: skip
    return [bare, full, *compact]


def exists(path: str) -> Build:
    """A path leads to something, whatever the value says."""
    return lambda value, values: f"jsonb_path_exists(body, '{path}')"


def declared(operator: str) -> Build:
    """An error was declared before or after an instant."""

    def build(value: Any, values: Values) -> str:
        bound = bind(values, parsed(value)[0])
        told = "(body #>> '{errorDeclaration,declarationTime}')::timestamptz"
        return f"(erroneous AND {told} {operator} {bound})"

    return build


def deep(path: str, vocabulary: str | None = None) -> Build:
    """A path leads to one of the values."""

    def build(value: Any, values: Values) -> str:
        given = [form for one in listed(value) for form in _forms(vocabulary, one)]
        return any_of([(f"{path} ? (@ == $v)", {"v": one}) for one in given], values)

    return build


def measured(found: re.Match[str], value: Any, values: Values) -> str:
    """A figure of a sensor report, in a unit where one is named."""
    operator, name, uom = _OPERATORS[found[1]], found[2], found[3]
    unit = " && @.uom == $uom" if uom else ""
    path = f"{_REPORT} ? (@.{name} {operator} $v{unit})"
    return any_of([(path, {"v": one, "uom": uom}) for one in listed(value)], values)


def quantity(found: re.Match[str], value: Any, values: Values) -> str:
    """A quantity in any of the lists of classes."""
    operator, uom = _OPERATORS[found[1]], found[2]
    unit = " && @.uom == $uom" if uom else ""
    path = f"$.*[*] ? (exists (@.epcClass) && @.quantity {operator} $v{unit})"
    return any_of([(path, {"v": one, "uom": uom}) for one in listed(value)], values)


def extension(found: re.Match[str], value: Any, values: Values) -> str:
    """A field of a sender's own, by the name under which it came."""
    operator, inner, base, name = found.groups()
    below = ".**" if inner else ""
    key = json.dumps(name).replace("'", "''")
    path = f"{_BASES[base or '']}{below}.{key}"
    if operator == "EXISTS":
        return f"jsonb_path_exists(body, '{path}', '{{}}', true)"
    tests = []
    for one in listed(value):
        number = isinstance(one, (int, float)) and not isinstance(one, bool)
        left = "@.double()" if number else "@"
        tests.append((f"{path} ? ({left} {_OPERATORS[operator]} $v)", {"v": one}))
    return any_of(tests, values)
