"""The standard's query parameters as SQL. Names come from a closed grammar; values are bound."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from milepost.engine.epcis_ports import QueryError
from milepost.epcis.indexing import pattern_of, typed_key, word
from milepost.epcis.link import canonical
from milepost.epcis.master import attribute_key, plain
from milepost.epcis.times import parsed
from milepost.epcis.vocabulary import PREFIXES, VOCABULARIES

_OPERATORS = {"EQ": "==", "GT": ">", "GE": ">=", "LT": "<", "LE": "<="}
_REPORT = "$.sensorElementList[*].sensorReport[*]"
_BASES = {
    "": "$", "ILMD": "$.ilmd", "ERROR_DECLARATION": "$.errorDeclaration",
    "SENSORELEMENT": "$.sensorElementList[*]",
    "SENSORMETADATA": "$.sensorElementList[*].sensorMetadata", "SENSORREPORT": _REPORT,
    "readPoint": "$.readPoint", "bizLocation": "$.bizLocation",
}  # fmt: skip
_ORDERS = {
    "eventTime": "event_time", "recordTime": "record_time", "bizStep": "biz_step",
    "readPoint": "read_point", "bizLocation": "biz_location",
}  # fmt: skip
_EXTENSION = re.compile(
    r"(EQ|GT|GE|LT|LE|EXISTS)_(INNER_)?"
    r"(?:(ILMD|ERROR_DECLARATION|SENSORELEMENT|SENSORMETADATA|SENSORREPORT|readPoint|bizLocation)_)?"
    r"([A-Za-z][\w.-]*:[\w.-]+|https?://\S+)"
)
_MEASURED = re.compile(
    r"(EQ|GT|GE|LT|LE)_(value|minValue|maxValue|meanValue|sDev|percValue|percRank)(?:_([A-Z0-9]+))?"
)
_QUANTITY = re.compile(r"(EQ|GT|GE|LT|LE)_quantity(?:_([A-Z0-9]+))?")
_FIELD = r"[A-Za-z][\w.-]*:[\w.-]+?|https?://\S+?"
_HAS_ATTRIBUTE = re.compile(rf"HASATTR_(\w+|{_FIELD})")
_ATTRIBUTE = re.compile(rf"EQATTR_(bizStep|disposition|readPoint|bizLocation|{_FIELD})_(.+)")
_NAMED = {"bizStep": "biz_step", "disposition": "disposition", "readPoint": "read_point",
          "bizLocation": "biz_location"}  # fmt: skip
_TYPED = re.compile(r"EQ_(bizTransaction|source|destination)_(.+)")
_TYPED_COLUMNS = {
    "bizTransaction": "transactions", "source": "sources", "destination": "destinations",
}  # fmt: skip
_BELOW = """
WITH RECURSIVE below (key) AS (
    SELECT unnest({exact}::text[])
    UNION SELECT child FROM below
    JOIN epcis_element AS element ON element.tenant = $1 AND element.key = below.key
    CROSS JOIN unnest(element.children) AS child
) SELECT key FROM below"""
_NO_CONDITION = frozenset(
    ("@context", "orderBy", "orderDirection", "eventCountLimit", "maxEventCount", "perPage",
     "nextPageToken")
)  # fmt: skip
Values = list[Any]


def where_of(tenant: int, query: Mapping[str, Any]) -> tuple[str, Values]:
    """The condition of a checked query, and the values it binds. Raises QueryError."""
    values: Values = [tenant]
    parts = ["tenant = $1"]
    for name, value in query.items():
        if name not in _NO_CONDITION:
            parts.append(_condition(name, value, values))
    return " AND ".join(parts), values


def order_of(query: Mapping[str, Any], values: Values) -> str:
    """The order of the answer; by capture where none is asked for."""
    by = query.get("orderBy")
    if by is None:
        return "seq"
    direction = query.get("orderDirection", "DESC")
    assert direction in ("ASC", "DESC")
    column = _ORDERS.get(by)
    if column is None:
        values.append(by)
        column = f"body ->> ${len(values)}"
    return f"{column} {direction} NULLS LAST, seq {direction}"


def _bind(values: Values, value: Any) -> str:
    values.append(value)
    return f"${len(values)}"


def _condition(name: str, value: Any, values: Values) -> str:
    build = _SIMPLE.get(name)
    if build is not None:
        return build(value, values)
    for pattern, make in _FAMILIES:
        found = pattern.fullmatch(name)
        if found is not None:
            return make(found, value, values)
    raise QueryError(f"{name} cannot be asked for here")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _plain(column: str, form: Callable[[str], str | None] = str) -> Callable[[Any, Values], str]:
    def build(value: Any, values: Values) -> str:
        given = [form(str(one)) for one in _listed(value)]
        return f"{column} = ANY({_bind(values, given)}::text[])"

    return build


def _word(vocabulary: str) -> Callable[[str], str | None]:
    return lambda text: word(vocabulary, text)


def _time(column: str, operator: str) -> Callable[[Any, Values], str]:
    return lambda value, values: f"{column} {operator} {_bind(values, parsed(value)[0])}"


def _any_time(column: str, operator: str) -> Callable[[Any, Values], str]:
    def build(value: Any, values: Values) -> str:
        bound = _bind(values, parsed(value)[0])
        return f"EXISTS (SELECT 1 FROM unnest({column}) AS one WHERE one {operator} {bound})"

    return build


def _overlap(column: str, form: Callable[[str], str | None]) -> Callable[[Any, Values], str]:
    def build(value: Any, values: Values) -> str:
        given = [form(str(one)) for one in _listed(value)]
        return f"{column} && {_bind(values, given)}::text[]"

    return build


def _epcs(*columns: str) -> Callable[[Any, Values], str]:
    """EPCs in any form, and patterns of them, in one of several columns (`parent` is no list)."""

    def build(value: Any, values: Values) -> str:
        given = [str(one) for one in _listed(value)]
        patterns = [found for one in given if (found := pattern_of(one))]
        exact = _bind(values, [canonical(one) for one in given if pattern_of(one) is None])
        parts = [
            f"{column} = ANY({exact}::text[])" if column == "parent"
            else f"{column} && {exact}::text[]" for column in columns
        ]  # fmt: skip
        if patterns:
            bound = _bind(values, patterns)
            every = " || ".join("ARRAY[parent]" if one == "parent" else one for one in columns)
            parts.append(
                f"EXISTS (SELECT 1 FROM unnest({every}) AS one WHERE one ~ ANY({bound}::text[]))"
            )
        return f"({' OR '.join(parts)})"

    return build


def _within(column: str) -> Callable[[Any, Values], str]:
    """A location or what is in it: the extensions of its GLN, and its children by master data."""

    def build(value: Any, values: Values) -> str:
        given = [canonical(str(one)) for one in _listed(value)]
        exact = _bind(values, given)
        inner = _bind(values, [_like(one) + "/254/%" for one in given])
        return (
            f"({column} = ANY({exact}::text[]) OR {column} LIKE ANY({inner}::text[]) "
            f"OR {column} IN ({_BELOW.format(exact=exact)}))"
        )

    return build


def _like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _path(path: str, bound: Mapping[str, Any], values: Values) -> str:
    variables = _bind(values, json.dumps(bound))
    return f"jsonb_path_exists(body, '{path}', {variables}::jsonb, true)"


def _any(paths: Iterable[tuple[str, Mapping[str, Any]]], values: Values) -> str:
    found = " OR ".join(_path(path, bound, values) for path, bound in paths)
    return f"({found})" if found else "false"  # an empty list has nothing in it


def _field(name: str, vocabulary: str | None = None) -> Callable[[Any, Values], str]:
    """A field of sensor reports or metadata."""

    def build(value: Any, values: Values) -> str:
        given = [form for one in _listed(value) for form in _forms(vocabulary, one)]
        paths = [
            (f"{base}.{name} ? (@ == $v)", {"v": one})
            for one in given
            for base in (_REPORT, _BASES["SENSORMETADATA"])
        ]
        return _any(paths, values)

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


def _exists(path: str) -> Callable[[Any, Values], str]:
    return lambda value, values: f"jsonb_path_exists(body, '{path}')"


def _declared(operator: str) -> Callable[[Any, Values], str]:
    def build(value: Any, values: Values) -> str:
        bound = _bind(values, parsed(value)[0])
        told = "(body #>> '{errorDeclaration,declarationTime}')::timestamptz"
        return f"(erroneous AND {told} {operator} {bound})"

    return build


def _deep(path: str, vocabulary: str | None = None) -> Callable[[Any, Values], str]:
    def build(value: Any, values: Values) -> str:
        given = [form for one in _listed(value) for form in _forms(vocabulary, one)]
        return _any([(f"{path} ? (@ == $v)", {"v": one}) for one in given], values)

    return build


def _typed(found: re.Match[str], value: Any, values: Values) -> str:
    name, kind = found[1], found[2]
    given = [typed_key(name, kind, str(one), PREFIXES) for one in _listed(value)]
    return f"{_TYPED_COLUMNS[name]} && {_bind(values, given)}::text[]"


def _measured(found: re.Match[str], value: Any, values: Values) -> str:
    operator, name, uom = _OPERATORS[found[1]], found[2], found[3]
    unit = " && @.uom == $uom" if uom else ""
    path = f"{_REPORT} ? (@.{name} {operator} $v{unit})"
    return _any([(path, {"v": one, "uom": uom}) for one in _listed(value)], values)


def _quantity(found: re.Match[str], value: Any, values: Values) -> str:
    operator, uom = _OPERATORS[found[1]], found[2]
    unit = " && @.uom == $uom" if uom else ""
    path = f"$.*[*] ? (exists (@.epcClass) && @.quantity {operator} $v{unit})"
    return _any([(path, {"v": one, "uom": uom}) for one in _listed(value)], values)


def _extension(found: re.Match[str], value: Any, values: Values) -> str:
    """A field of a sender's own, by the name under which it came."""
    operator, inner, base, name = found.groups()
    deep = ".**" if inner else ""
    key = json.dumps(name).replace("'", "''")
    path = f"{_BASES[base or '']}{deep}.{key}"
    if operator == "EXISTS":
        return f"jsonb_path_exists(body, '{path}', '{{}}', true)"
    tests = []
    for one in _listed(value):
        number = isinstance(one, (int, float)) and not isinstance(one, bool)
        left = "@.double()" if number else "@"
        tests.append((f"{path} ? ({left} {_OPERATORS[operator]} $v)", {"v": one}))
    return _any(tests, values)


def _has_attribute(found: re.Match[str], value: Any, values: Values) -> str:
    """Master data of what a field names have one of these attributes."""
    names = _bind(values, [attribute_key(str(one)) for one in _listed(value)])
    return _element(found[1], f"element.attributes ?| {names}::text[]", values)


def _attribute(found: re.Match[str], value: Any, values: Values) -> str:
    """An attribute of what a field names has one of these values."""
    name = _bind(values, attribute_key(found[2]))
    given = _bind(values, [plain(one) for one in _listed(value)])
    return _element(found[1], f"element.attributes ->> {name}::text = ANY({given}::text[])", values)


def _element(field: str, holds: str, values: Values) -> str:
    column = _NAMED.get(field)
    if column is not None:
        named = f"element.key = epcis_event.{column}"
    else:
        path = json.dumps(field).replace("'", "''")
        named = (
            "element.id IN (SELECT one #>> '{}' FROM "
            f"jsonb_path_query(epcis_event.body, '$.{path}') AS one)"
        )
    return (
        "EXISTS (SELECT 1 FROM epcis_element AS element "
        f"WHERE element.tenant = $1 AND {named} AND {holds})"
    )


_FAMILIES = (
    (_HAS_ATTRIBUTE, _has_attribute),
    (_ATTRIBUTE, _attribute),
    (_TYPED, _typed),
    (_QUANTITY, _quantity),
    (_MEASURED, _measured),
    (_EXTENSION, _extension),
)
_SIMPLE: dict[str, Callable[[Any, Values], str]] = {
    "eventType": _plain("type"),
    "GE_eventTime": _time("event_time", ">="),
    "LT_eventTime": _time("event_time", "<"),
    "GE_recordTime": _time("record_time", ">="),
    "LT_recordTime": _time("record_time", "<"),
    "EQ_action": _plain("action"),
    "EQ_bizStep": _plain("biz_step", _word("bizStep")),
    "EQ_disposition": _plain("disposition", _word("disposition")),
    "EQ_persistentDisposition_set": _overlap("set_dispositions", _word("disposition")),
    "EQ_persistentDisposition_unset": _overlap("unset_dispositions", _word("disposition")),
    "EQ_readPoint": _plain("read_point", canonical),
    "WD_readPoint": _within("read_point"),
    "EQ_bizLocation": _plain("biz_location", canonical),
    "WD_bizLocation": _within("biz_location"),
    "EQ_transformationID": _plain("transformation", canonical),
    "MATCH_epc": _epcs("epcs"),
    "MATCH_parentID": _epcs("parent"),
    "MATCH_inputEPC": _epcs("inputs"),
    "MATCH_outputEPC": _epcs("outputs"),
    "MATCH_anyEPC": _epcs("epcs", "parent", "inputs", "outputs"),
    "MATCH_epcClass": _epcs("classes"),
    "MATCH_inputEPCClass": _epcs("input_classes"),
    "MATCH_outputEPCClass": _epcs("output_classes"),
    "MATCH_anyEPCClass": _epcs("classes", "input_classes", "output_classes"),
    "EQ_eventID": _plain("event_id"),
    "EXISTS_errorDeclaration": lambda value, values: "erroneous",
    "GE_errorDeclaration_Time": _declared(">="),
    "LT_errorDeclaration_Time": _declared("<"),
    "GE_errorDeclarationTime": _declared(">="),
    "LT_errorDeclarationTime": _declared("<"),
    "EQ_errorReason": _deep("$.errorDeclaration.reason", "errorReason"),
    "EQ_correctiveEventID": _deep("$.errorDeclaration.correctiveEventIDs[*]"),
    "EXISTS_sensorElementList": _exists("$.sensorElementList[*]"),
    "GE_time": _any_time("sensed", ">="),
    "LT_time": _any_time("sensed", "<"),
    "GE_startTime": _any_time("sensed_from", ">="),
    "LT_startTime": _any_time("sensed_from", "<"),
    "GE_endTime": _any_time("sensed_until", ">="),
    "LT_endTime": _any_time("sensed_until", "<"),
    "EQ_type": _field("type", "measurement"),
    **{
        f"EQ_{name}": _field(name)
        for name in ("deviceID", "dataProcessingMethod", "microorganism", "chemicalSubstance",
                     "bizRules", "stringValue", "booleanValue", "hexBinaryValue", "uriValue")
    },
}  # fmt: skip
