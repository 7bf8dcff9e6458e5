"""Conditions on the master data of what an event names."""

from __future__ import annotations

import json
import re
from typing import Any

from milepost.epcis.master import attribute_key, plain
from milepost.stores.postgres.epcis_columns import Values, bind, listed

_NAMED = {"bizStep": "biz_step", "disposition": "disposition", "readPoint": "read_point",
          "bizLocation": "biz_location"}  # fmt: skip


def has_attribute(found: re.Match[str], value: Any, values: Values) -> str:
    """Master data of what a field names have one of these attributes."""
    names = bind(values, [attribute_key(str(one)) for one in listed(value)])
    return _element(found[1], f"element.attributes ?| {names}::text[]", values)


def attribute(found: re.Match[str], value: Any, values: Values) -> str:
    """An attribute of what a field names has one of these values."""
    name = bind(values, attribute_key(found[2]))
    given = bind(values, [plain(one) for one in listed(value)])
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
