"""Conditions on columns of the events. Values are bound; `values` grows with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from milepost.epcis.indexing import pattern_of, typed_key, word
from milepost.epcis.link import canonical
from milepost.epcis.times import parsed
from milepost.epcis.vocabulary import PREFIXES

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
Values = list[Any]
# Makes the condition for a given value.
Build = Callable[[Any, Values], str]


def bind(values: Values, value: Any) -> str:
    """Bind a value; how SQL names it."""
    values.append(value)
    return f"${len(values)}"


def listed(value: Any) -> list[Any]:
    """A single value as a list of one."""
    return value if isinstance(value, list) else [value]


def equal(column: str, form: Callable[[str], str | None] = str) -> Build:
    """A column is one of the values, each brought into the form of the column."""

    def build(value: Any, values: Values) -> str:
        given = [form(str(one)) for one in listed(value)]
        return f"{column} = ANY({bind(values, given)}::text[])"

    return build


def by_id(ids: str) -> str:
    """Events by an ID under which they came, or by their hash. `ids`: how SQL names the list."""
    others = f"SELECT hash FROM epcis_other_id WHERE tenant = $1 AND event_id = ANY({ids}::text[])"
    return f"(event_id = ANY({ids}::text[]) OR hash = ANY({ids}::text[]) OR hash IN ({others}))"


def word_in(vocabulary: str) -> Callable[[str], str | None]:
    """The form of a column that holds a word of a vocabulary."""
    return lambda text: word(vocabulary, text)


def at_time(column: str, operator: str) -> Build:
    """A time is before or after an instant."""
    return lambda value, values: f"{column} {operator} {bind(values, parsed(value)[0])}"


def any_time(column: str, operator: str) -> Build:
    """One of several times is before or after an instant."""

    def build(value: Any, values: Values) -> str:
        bound = bind(values, parsed(value)[0])
        return f"EXISTS (SELECT 1 FROM unnest({column}) AS one WHERE one {operator} {bound})"

    return build


def overlap(column: str, form: Callable[[str], str | None]) -> Build:
    """A list has one of the values."""

    def build(value: Any, values: Values) -> str:
        given = [form(str(one)) for one in listed(value)]
        return f"{column} && {bind(values, given)}::text[]"

    return build


def epcs(*columns: str) -> Build:
    """EPCs in any form, and patterns of them, in one of several columns (`parent` is no list)."""

    def build(value: Any, values: Values) -> str:
        given = [str(one) for one in listed(value)]
        patterns = [found for one in given if (found := pattern_of(one))]
        exact = bind(values, [canonical(one) for one in given if pattern_of(one) is None])
        parts = [
            f"{column} = ANY({exact}::text[])" if column == "parent"
            else f"{column} && {exact}::text[]" for column in columns
        ]  # fmt: skip
        if patterns:
            bound = bind(values, patterns)
            every = " || ".join("ARRAY[parent]" if one == "parent" else one for one in columns)
            parts.append(
                f"EXISTS (SELECT 1 FROM unnest({every}) AS one WHERE one ~ ANY({bound}::text[]))"
            )
        return f"({' OR '.join(parts)})"

    return build


def within(column: str) -> Build:
    """A location or what is in it: the extensions of its GLN, and its children by master data."""

    def build(value: Any, values: Values) -> str:
        given = [canonical(str(one)) for one in listed(value)]
        exact = bind(values, given)
        inner = bind(values, [_like(one) + "/254/%" for one in given])
        return (
            f"({column} = ANY({exact}::text[]) OR {column} LIKE ANY({inner}::text[]) "
            f"OR {column} IN ({_BELOW.format(exact=exact)}))"
        )

    return build


def _like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def typed(found: re.Match[str], value: Any, values: Values) -> str:
    """A business transaction, source or destination of a type."""
    name, kind = found[1], found[2]
    given = [typed_key(name, kind, str(one), PREFIXES) for one in listed(value)]
    return f"{_TYPED_COLUMNS[name]} && {bind(values, given)}::text[]"
