"""Conditions on what stands within the events, as paths of JSON. Values are bound."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from milepost.epcis.formats import urns_of
from milepost.epcis.indexing import word
from milepost.epcis.link import canonical
from milepost.epcis.times import parsed
from milepost.epcis.units import alike
from milepost.epcis.vocabulary import MT, PREFIXES, VOCABULARIES, measurement
from milepost.stores.postgres.epcis_columns import Build, Values, bind, listed

_OPERATORS = {"EQ": "==", "GT": ">", "GE": ">=", "LT": "<", "LE": "<="}
_VOC = VOCABULARIES["measurement"].base
_REPORT = "$.sensorElementList[*].sensorReport[*]"
# The prefixes that an event declares.
_OWN = "CASE jsonb_typeof(body #> '{@context,0}') WHEN 'object' THEN body #> '{@context,0}' END"
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
    if vocabulary == "hex":
        return list(dict.fromkeys((value, value.upper(), value.lower())))
    if vocabulary == "measurement" and (kind := measurement(value)) is not None:
        return [f"{base}{start}{kind}" for base in ("", "gs1:", _VOC) for start in ("", MT)]
    bare = None if vocabulary is None else word(vocabulary, value)
    if vocabulary is None or bare is None or ":" in bare:
        return list(dict.fromkeys((value, canonical(value), *urns_of(value))))
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
    """A figure of a sensor report. Where a unit is named, those in other units of the kind fit by
    what they come to in it.
    """
    operator, name, uom = _OPERATORS[found[1]], found[2], found[3]
    if not uom:
        path = f"{_REPORT} ? (@.{name} {operator} $v)"
        return any_of([(path, {"v": one}) for one in listed(value)], values)
    path = f"{_REPORT} ? (@.{name} {operator} $v && @.uom == $uom)"
    told = [pair for one in listed(value) for pair in
            alike(one, uom, spread=name == "sDev").items()]  # fmt: skip
    return any_of([(path, {"v": one, "uom": code}) for code, one in told], values)


def quantity(found: re.Match[str], value: Any, values: Values) -> str:
    """A quantity in any of the lists of classes."""
    operator, uom = _OPERATORS[found[1]], found[2]
    unit = " && @.uom == $uom" if uom else ""
    path = f"$.*[*] ? (exists (@.epcClass) && @.quantity {operator} $v{unit})"
    return any_of([(path, {"v": one, "uom": uom}) for one in listed(value)], values)


def extension(found: re.Match[str], value: Any, values: Values, prefixes: Mapping[str, str]) -> str:
    """A field of a sender's own: by the name under which it came, and where the asker tells its
    namespace (`prefixes`, or the whole URI), under whatever prefix it came.
    """
    operator, inner, base, name = found.groups()
    start = f"{_BASES[base or '']}{'.**' if inner else ''}."
    tests = _tests(operator, value)
    prefix, _, local = name.partition(":")
    known = prefixes.get(prefix)
    uri = name if local.startswith("//") else None if known is None else known + local
    if uri is None:
        return any_of([(start + _key(name) + test, bound) for test, bound in tests], values)
    plain = [(start + _key(uri) + test, bound) for test, bound in tests]
    spelled = [_spelled(start, uri, test, bound, values) for test, bound in tests]
    return f"({' OR '.join([any_of(plain, values), *spelled])})"


def _key(name: str) -> str:
    return json.dumps(name).replace("'", "''")


def _tests(operator: str, value: Any) -> list[tuple[str, dict[str, Any]]]:
    """What is asked of the field, with what it binds."""
    if operator == "EXISTS":
        return [("", {})]
    found = []
    for one in listed(value):
        number = isinstance(one, (int, float)) and not isinstance(one, bool)
        left = "@.double()" if number else "@"
        found.append((f" ? ({left} {_OPERATORS[operator]} $v)", {"v": one}))
    return found


def _spelled(start: str, uri: str, test: str, bound: Mapping[str, Any], values: Values) -> str:
    """The field by each prefix that an event declares for its namespace."""
    full, variables = bind(values, uri), bind(values, json.dumps(bound))
    local = f"ltrim(substr({full}::text, length(told.uri) + 1), '#')"
    path = f"('{start}' || to_json(told.prefix || ':' || {local})::text || '{test}')::jsonpath"
    return (
        f"EXISTS (SELECT 1 FROM jsonb_each_text({_OWN}) AS told (prefix, uri) "
        f"WHERE starts_with({full}::text, told.uri) "
        f"AND jsonb_path_exists(body, {path}, {variables}::jsonb, true))"
    )
