"""Finds the channel folders: those in this package and those of installed packages.

A folder has `manifest.toml` (title, summary, target, secret) and `send.py` with
`build(options: Options) -> Channel`. A third-party package joins by an entry point of the group
`milepost.channels` whose value names a package with the same layout.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points, version
from importlib.resources import files
from typing import cast

import msgspec
import structlog
from msgspec import Struct

from milepost.engine.delivery import Channel

log = structlog.get_logger()
GROUP = "milepost.channels"
_OWN = "milepost.channels"


class Options(Struct, frozen=True, kw_only=True):
    """What channels are told of the server. `source` names it in what is sent (a URI reference)."""

    allow_private_targets: bool = False
    source: str = "/milepost"
    user_agent: str = f"Milepost/{version('milepost')}"


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a channel is. `target` and `secret` say what a subscription's url and secret are."""

    title: str
    summary: str
    target: str
    secret: str


def packages() -> Iterator[tuple[str, str]]:
    """(name, importable package) of every channel, own ones first."""
    own = sorted(files(_OWN).iterdir(), key=lambda path: path.name)
    for path in own:
        if path.is_dir() and (path / "manifest.toml").is_file():
            yield path.name, f"{_OWN}.{path.name}"
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        yield point.name, point.value


def manifest(package: str) -> Manifest:
    """A channel's manifest; raises where it is missing or malformed."""
    text = (files(package) / "manifest.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Manifest)


def channels(options: Options) -> dict[str, Channel]:
    """Every channel by name, ready to send. A broken one is reported and left out."""
    found: dict[str, Channel] = {}
    for name, package in packages():
        try:
            manifest(package)
            found[name] = _build(package, options)
        except Exception:
            log.exception("channel_broken", channel=name)
    return found


def faults() -> Iterator[str]:
    """What is wrong with the channel folders, one sentence each."""
    for name, package in packages():
        try:
            manifest(package)
            import_module(f"{package}.send").build  # noqa: B018 - its absence is the fault
        except Exception as error:
            yield f"channels/{name}: {error!r}"


def _build(package: str, options: Options) -> Channel:
    return cast("Channel", import_module(f"{package}.send").build(options))
