"""The standard's query parameters as SQL. Names come from a closed grammar; values are bound."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from milepost.engine.epcis_ports import QueryError
from milepost.epcis.contexts import prefixes_of
from milepost.epcis.link import canonical
from milepost.stores.postgres.epcis_attributes import attribute, has_attribute
from milepost.stores.postgres.epcis_columns import (
    Build,
    Values,
    any_time,
    at_time,
    bind,
    by_id,
    epcs,
    equal,
    listed,
    overlap,
    typed,
    within,
    word_in,
)
from milepost.stores.postgres.epcis_paths import (
    declared,
    deep,
    exists,
    extension,
    measured,
    quantity,
    sensor_field,
)

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
_TYPED = re.compile(r"EQ_(bizTransaction|source|destination)_(.+)")
_NO_CONDITION = frozenset(
    ("@context", "orderBy", "orderDirection", "eventCountLimit", "maxEventCount", "perPage",
     "nextPageToken")
)  # fmt: skip


def where_of(tenant: int, query: Mapping[str, Any]) -> tuple[str, Values]:
    """The condition of a checked query, and the values it binds. Raises QueryError."""
    values: Values = [tenant]
    parts = ["tenant = $1"]
    own = prefixes_of(query.get("@context"), {})
    for name, value in query.items():
        if name not in _NO_CONDITION:
            parts.append(_condition(name, value, values, own))
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


def _condition(name: str, value: Any, values: Values, own: Mapping[str, str]) -> str:
    build = _SIMPLE.get(name)
    if build is not None:
        return build(value, values)
    for pattern, make in _FAMILIES:
        found = pattern.fullmatch(name)
        if found is not None:
            return make(found, value, values)
    if (found := _EXTENSION.fullmatch(name)) is not None:
        return extension(found, value, values, own)
    raise QueryError(f"{name} cannot be asked for here")


_FAMILIES = (
    (_HAS_ATTRIBUTE, has_attribute),
    (_ATTRIBUTE, attribute),
    (_TYPED, typed),
    (_QUANTITY, quantity),
    (_MEASURED, measured),
)
_SIMPLE: dict[str, Build] = {
    "eventType": equal("type"),
    "GE_eventTime": at_time("event_time", ">="),
    "LT_eventTime": at_time("event_time", "<"),
    "GE_recordTime": at_time("record_time", ">="),
    "LT_recordTime": at_time("record_time", "<"),
    "EQ_action": equal("action"),
    "EQ_bizStep": equal("biz_step", word_in("bizStep")),
    "EQ_disposition": equal("disposition", word_in("disposition")),
    "EQ_persistentDisposition_set": overlap("set_dispositions", word_in("disposition")),
    "EQ_persistentDisposition_unset": overlap("unset_dispositions", word_in("disposition")),
    "EQ_readPoint": equal("read_point", canonical),
    "WD_readPoint": within("read_point"),
    "EQ_bizLocation": equal("biz_location", canonical),
    "WD_bizLocation": within("biz_location"),
    "EQ_transformationID": equal("transformation", canonical),
    "MATCH_epc": epcs("epcs"),
    "MATCH_parentID": epcs("parent"),
    "MATCH_inputEPC": epcs("inputs"),
    "MATCH_outputEPC": epcs("outputs"),
    "MATCH_anyEPC": epcs("epcs", "parent", "inputs", "outputs"),
    "MATCH_epcClass": epcs("classes"),
    "MATCH_inputEPCClass": epcs("input_classes"),
    "MATCH_outputEPCClass": epcs("output_classes"),
    "MATCH_anyEPCClass": epcs("classes", "input_classes", "output_classes"),
    "EQ_eventID": lambda value, values: by_id(bind(values, [str(one) for one in listed(value)])),
    "EXISTS_errorDeclaration": lambda value, values: "erroneous",
    "GE_errorDeclaration_Time": declared(">="),
    "LT_errorDeclaration_Time": declared("<"),
    "GE_errorDeclarationTime": declared(">="),
    "LT_errorDeclarationTime": declared("<"),
    "EQ_errorReason": deep("$.errorDeclaration.reason", "errorReason"),
    "EQ_correctiveEventID": deep("$.errorDeclaration.correctiveEventIDs[*]"),
    "EXISTS_sensorElementList": exists("$.sensorElementList[*]"),
    "GE_time": any_time("sensed", ">="),
    "LT_time": any_time("sensed", "<"),
    "GE_startTime": any_time("sensed_from", ">="),
    "LT_startTime": any_time("sensed_from", "<"),
    "GE_endTime": any_time("sensed_until", ">="),
    "LT_endTime": any_time("sensed_until", "<"),
    "EQ_type": sensor_field("type", "measurement"),
    "EQ_hexBinaryValue": sensor_field("hexBinaryValue", "hex"),
    **{
        f"EQ_{name}": sensor_field(name)
        for name in ("deviceID", "dataProcessingMethod", "microorganism", "chemicalSubstance",
                     "bizRules", "stringValue", "booleanValue", "uriValue")
    },
}  # fmt: skip
