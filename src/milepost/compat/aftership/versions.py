"""One model, many API versions: the table of what changed when is `versions.toml`. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import msgspec
from msgspec import Struct

from milepost.compat.aftership.reshape import DOWN, UP

NEWEST = "2026-07"
LEGACY = "v4"
Kind = Literal["tracking", "checkpoint", "courier"]
_DATED = re.compile(r"20[2-9][0-9]-(0[1-9]|1[0-2])")


class Changed(Struct, frozen=True, forbid_unknown_fields=True):
    """What a step did to one kind of object; see the head of `versions.toml`."""

    rename: dict[str, str] = {}
    drop: tuple[str, ...] = ()
    null: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """What a version changed."""

    since: str
    tracking: Changed = Changed()
    checkpoint: Changed = Changed()
    courier: Changed = Changed()

    def of(self, kind: Kind) -> Changed:
        changed: Changed = getattr(self, kind)
        return changed


class Layout(Struct, frozen=True, forbid_unknown_fields=True):
    """The first versions in which bodies are laid out so."""

    unwrapped: str
    cursor: str
    strict_types: str
    own_ids: str


class _File(Struct, forbid_unknown_fields=True):
    step: list[Step]
    layout: Layout


@lru_cache(maxsize=1)
def _read() -> _File:
    text = (files(__package__) / "versions.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _File)


def layout() -> Layout:
    """Since when bodies are laid out how."""
    return _read().layout


def is_version(text: str) -> bool:
    """A date, as all versions but v4 have. Months without a release behave as the one before."""
    return _DATED.fullmatch(text) is not None


def reaches(version: str, since: str) -> bool:
    """Whether a version is as new as that one."""
    return version != LEGACY and version >= since


def _steps_after(version: str) -> Iterator[Step]:
    """What came after a version, newest first."""
    return (step for step in _read().step if not reaches(version, step.since))


def older(kind: Kind, one: dict[str, Any], version: str) -> dict[str, Any]:
    """An object of the newest shape as a version shows it. Changes the object given."""
    for step in _steps_after(version):
        changed = step.of(kind)
        for name in changed.drop:
            one.pop(name, None)
        for name in changed.shapes:
            DOWN[name](one)
        for name in changed.null:
            one[name] = None
        for new, old in changed.rename.items():
            if new in one:
                one[old] = one.pop(new)
    return one


def older_tracking(tracking: dict[str, Any], version: str) -> dict[str, Any]:
    """A tracking with its checkpoints as a version shows it."""
    if version != NEWEST:
        for checkpoint in tracking.get("checkpoints", ()):
            older("checkpoint", checkpoint, version)
        older("tracking", tracking, version)
    return tracking


def newer(body: dict[str, Any], version: str) -> dict[str, Any]:
    """What a client of a version sends about a tracking, in the newest names."""
    body = dict(body)
    for step in reversed(list(_steps_after(version))):
        changed = step.tracking
        for new, old in changed.rename.items():
            if old in body:
                body[new] = body.pop(old)
        for name in changed.shapes:
            if name in UP:
                UP[name](body)
    return body
