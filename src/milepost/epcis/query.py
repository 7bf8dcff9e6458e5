"""The simple event query: which parameters there are, and whether their values can stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from milepost.epcis.issue import Notes
from milepost.epcis.values import Check, action, boolean, context, number, text, time, uri, word

_table = tomllib.loads(resources.files(__package__).joinpath("query.toml").read_text("utf-8"))
EXACT: dict[str, str] = _table["exact"]
_FIELD = r"[A-Za-z][\w.-]*:[\w.-]+|https?://\S+"
PATTERNS = [
    (
        re.compile(
            name.replace("NAME", f"({_FIELD})")
            .replace("UOM", "[A-Z0-9]{2,4}")
            .replace("TYPE", r"[\w:/.#-]+")
        ),
        kind,
    )
    for name, kind in _table["patterns"].items()
]
_LISTS = ("types", "actions", "uris", "epcs", "texts", "numbers", "any")
_ORDER = re.compile(rf"eventTime|recordTime|quantity|readPoint|bizLocation|bizStep|{_FIELD}")
MOST_VALUES = 200


def kind_of(name: str) -> str | None:
    """The kind of a parameter's value; None where there is no such parameter."""
    if name in EXACT:
        return EXACT[name]
    return next((kind for pattern, kind in PATTERNS if pattern.fullmatch(name)), None)


def is_query(value: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a query rather than an event or a document."""
    if "type" in value or "epcisBody" in value:
        return False
    if "query-schema" in str(value.get("@context")):
        return True
    return any(kind_of(name) for name in value if name != "@context")


def from_url(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A query from a URL's parameters: lists are separated by `|`, or repeated."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        kind = kind_of(name) or "text"
        if kind in _LISTS or kind.startswith("words"):
            found.setdefault(name, []).extend(_typed(one, kind) for one in value.split("|") if one)
        else:
            found[name] = _typed(value, kind)
    return found


def _typed(value: str, kind: str) -> Any:
    if kind in ("number", "numbers", "count", "any", "bound"):
        try:
            return int(value) if value.lstrip("-").isdigit() else float(value)
        except ValueError:
            return value
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def check_query(notes: Notes, query: Mapping[str, Any]) -> None:
    """Note every parameter that is none, or whose value cannot stand."""
    for name, value in query.items():
        if "\x00" in f"{name}{value}":
            notes.error(name.replace("\x00", ""), "must have no NUL in it")
            continue
        kind = kind_of(name)
        if kind is None:
            notes.error(name, "is not a parameter of the simple event query")
        else:
            _check(notes, name, kind, value)
    if "eventCountLimit" in query and "maxEventCount" in query:
        notes.error("maxEventCount", "cannot go together with eventCountLimit")


def _check(notes: Notes, name: str, kind: str, value: Any) -> None:
    if kind.startswith("words ") or kind in _LISTS:
        given = value if isinstance(value, list) or kind != "any" else [value]
        if isinstance(value, str) and kind != "any":
            given = [value]
        for where, one in notes.items(name, given):
            _one(notes, where, kind, one)
        if isinstance(given, list) and len(given) > MOST_VALUES:
            notes.error(name, f"has more than {MOST_VALUES} values")
    else:
        _one(notes, name, kind, value)


def _one(notes: Notes, path: str, kind: str, value: Any) -> None:
    if kind.startswith("words "):
        word(kind.removeprefix("words "))(notes, path, value)
    elif kind in _CHECKS:
        _CHECKS[kind](notes, path, value)


def _type(notes: Notes, path: str, value: Any) -> None:
    if not isinstance(value, str) or not (value in _TYPES or ":" in value):
        notes.error(path, f"'{str(value)[:80]}' is not an event type")


def _count(notes: Notes, path: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        notes.error(path, "must be a number from 1 on")


def _order(notes: Notes, path: str, value: Any) -> None:
    if not isinstance(value, str) or not _ORDER.fullmatch(value):
        notes.error(path, f"'{str(value)[:80]}' cannot be ordered by")


def _direction(notes: Notes, path: str, value: Any) -> None:
    if value not in ("ASC", "DESC"):
        notes.error(path, "must be ASC or DESC")


def _epc(notes: Notes, path: str, value: Any) -> None:
    if isinstance(value, str) and value.startswith("urn:epc:idpat:"):
        return  # a pattern may have more stars than a class has
    uri(notes, path, value)


_CHECKS: dict[str, Check] = {
    "types": _type, "actions": action, "uris": uri, "epcs": _epc, "numbers": number,
    "number": number, "count": _count, "time": time, "order": _order, "direction": _direction,
    "boolean": boolean, "text": text, "texts": text, "context": context,
}  # fmt: skip
_TYPES = frozenset(
    ("ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent",
     "AssociationEvent")
)  # fmt: skip
