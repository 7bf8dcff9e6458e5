"""Takes a carrier's answer apart, be it JSON or XML, and reports one in which nothing was found."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from milepost.carriers.toolkit.collect import Collector, ScanError, unreadable
from milepost.carriers.toolkit.decoding import (
    PayloadError,
    decode_bytes,
    read_inner_json,
    read_json,
)
from milepost.carriers.toolkit.tree import as_text, dig
from milepost.carriers.toolkit.xmltree import as_tree, read_xml
from milepost.domain.scan import ParseContext, Parsed

Walk = Callable[[Any, Collector, ParseContext], None]
_ANYWHERE = "**."


def read_payload(payload: bytes, context: ParseContext, *walks: Walk) -> Parsed:
    """Decodes the payload and lets each walk gather what it knows; never raises for bad data."""
    try:
        data = read_tree(payload, context.content_type)
    except PayloadError as error:
        return unreadable(payload, str(error))
    out = Collector()
    for walk in walks:
        out.attempt(data, "payload", partial(walk, data, out, context))
    parsed = out.parsed()
    if parsed == Parsed():
        return unreadable(payload, "no tracking data in it")
    return parsed


def read_tree(payload: bytes, content_type: str | None = None) -> Any:
    """JSON as it is; XML as `{root tag: …}` in the form of `xmltree.as_tree`."""
    text = decode_bytes(payload, content_type)
    if not text.lstrip().startswith("<"):
        return read_json(text)
    try:
        root = read_xml(payload, content_type)
        return {root.tag: as_tree(root)}
    except RecursionError:
        raise PayloadError("XML nested too deeply") from None


def everywhere(data: Any, key: str) -> list[Any]:
    """The rows that stand under `key` at any depth, in the order of the payload."""
    found: list[Any] = []
    waiting = [data] if isinstance(data, dict | list) else []
    while waiting:
        node = waiting.pop()
        children = list(node.values()) if isinstance(node, dict) else node
        if isinstance(node, dict) and key in node:
            found += _rows(node[key])
            children = [value for name, value in node.items() if name != key]
        waiting += [child for child in reversed(children) if isinstance(child, dict | list)]
    return found


def rows_at(data: Any, *paths: str, strict: bool = True) -> list[Any]:
    """The rows at the first path where something stands; one object alone is a list of one.

    `**.name` finds the name at any depth, the empty path is the data itself. Strictly, what stands
    there must be a list or an object, else ScanError: a scan list of the wrong type must not
    vanish. Otherwise a bare value is a row too.
    """
    for path in paths:
        rows = _at(data, path, strict)
        if rows:
            return rows
    return []


def _at(data: Any, path: str, strict: bool) -> list[Any]:
    if path.startswith(_ANYWHERE):
        return everywhere(data, path.removeprefix(_ANYWHERE))
    value = dig(data, path) if path else data
    if value is None:
        value = _through_lists(data, path.split("."))
    value = _told_as_text(value)
    if value is None or value == "":
        return []
    if strict and not isinstance(value, dict | list):
        raise ScanError(f"{path or 'payload'} is neither a list nor an object")
    # XML writes an empty list as an element marked nil
    return [] if isinstance(value, dict) and value.get("@nil") == "true" else _rows(value)


def _told_as_text(value: Any) -> Any:
    try:
        return read_inner_json(value)
    except PayloadError:
        return value


def _through_lists(data: Any, steps: list[str]) -> list[Any] | None:
    """The rows below every element of a list that stands on the way: two `Events`, each with its
    own `Event`.
    """
    nodes = [data]
    for step in steps:
        found = [node.get(step) for node in nodes if isinstance(node, dict)]
        nodes = [row for value in found for row in _rows(value)]
    return nodes or None


def _rows(value: Any) -> list[Any]:
    if isinstance(value, list):
        return _rows(value[0]) if len(value) == 1 and isinstance(value[0], list) else value
    return [] if value is None or value == "" else [value]


def beside(data: Any, **rows: Any) -> dict[str, Any]:
    """The answer with rows that were drawn together from its depths put beside its own fields."""
    return {**data, **rows} if isinstance(data, dict) else rows


def need_number(row: Any, paths: tuple[str, ...], context: ParseContext) -> str:
    """The tracking number of a shipment: the one asked for if the shipment bears it among others,
    else its own, else the one asked for (some answers do not repeat it). ScanError without any.
    """
    if not isinstance(row, dict):
        raise ScanError("not an object")
    own = [number for path in paths if (number := as_text(dig(row, path)))]
    asked = (context.number or "").strip()
    if asked and (not own or asked.casefold() in {number.casefold() for number in own}):
        return asked
    if not own:
        raise ScanError("no tracking number")
    return own[0]
