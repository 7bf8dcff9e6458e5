"""What a client says of a tracking, read and checked against `fields.toml`. Pure."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec

from milepost.compat.aftership import versions
from milepost.compat.aftership.faults import FaultError

LONGEST_TEXT = 2_000
MOST_ITEMS = 100
LARGEST_OBJECT = 32_768
Kinds = dict[str, str | list[str]]


@lru_cache(maxsize=1)
def _kinds() -> dict[str, Kinds]:
    text = (files(__package__) / "fields.toml").read_text("utf-8")
    return tomllib.loads(text)


def read(body: dict[str, Any], version: str, *, new: bool) -> dict[str, Any]:
    """The known fields that are given, in the newest names; None takes a value away.

    Raises FaultError 4008 for a wrong type; versions before 2024-10 pass over such a field.
    """
    kinds = _kinds()["both"] | (_kinds()["create"] if new else {})
    strict = versions.reaches(version, versions.layout().strict_types)
    told: dict[str, Any] = {}
    for name, value in versions.newer(body, version).items():
        kind = kinds.get(name)
        if kind is None:
            continue
        value = _plain(name, value)
        if value is None or _fits(kind, value):
            told[name] = value
        elif strict:
            raise FaultError(4005 if name == "tracking_number" else 4008, name)
    return told


def _plain(name: str, value: Any) -> Any:
    """Enum members that stand for nothing, and a slug however it is spelt."""
    if name == "slug" and isinstance(value, str):
        return value.strip().lower() or None
    return None if value == "null" else value


def _fits(kind: str | list[str], value: Any) -> bool:
    if isinstance(kind, list):
        return value in kind
    if kind == "text":
        return isinstance(value, str) and len(value) <= LONGEST_TEXT
    if kind == "texts":
        return _is_list(value) and all(_fits("text", one) for one in value)
    if kind == "objects":
        return _is_list(value) and all(_fits("object", one) for one in value)
    return isinstance(value, dict) and len(msgspec.json.encode(value)) <= LARGEST_OBJECT


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST_ITEMS
