"""Finds the dialect folders: those in this package and those of installed packages.

A folder has `manifest.toml`, `statuses.toml`, `routes.py` with `routes(services)`, `push.py` with
`class Push`, and its package offers `make_credentials()`. A third-party package joins by an entry
point of the group `milepost.dialects` whose value names a package with the same layout.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.resources import files
from types import MappingProxyType
from typing import cast

import msgspec
import structlog
from msgspec import Struct
from starlette.routing import BaseRoute, Route

from milepost.compat.core.doors import as_one
from milepost.compat.core.pushing import Push
from milepost.compat.core.services import CompatServices

log = structlog.get_logger()
GROUP = "milepost.dialects"
_OWN = "milepost.compat"


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`credentials`: names of the fields a client signs in with, the public one first.

    `aliases`: other names of the dialect on the command line. `open_options`: those options of a
    watch that say nothing of people; all others are sealed.
    """

    vendor: str
    name: str
    name_zh: str | None = None
    credentials: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    website: str | None = None
    open_options: frozenset[str] = frozenset()


class Dialect(Struct, frozen=True):
    """A vendor whose clients are served."""

    manifest: Manifest
    package: str

    def routes(self, services: CompatServices) -> list[BaseRoute]:
        made = import_module(f"{self.package}.routes").routes(services)
        return cast("list[BaseRoute]", made)

    def push(self) -> Push:
        return cast("Push", import_module(f"{self.package}.push").Push())

    def make_credentials(self) -> tuple[str, dict[str, str]]:
        """(public id, all fields by name) of a fresh credential."""
        made = import_module(self.package).make_credentials()
        return cast("tuple[str, dict[str, str]]", made)


def packages() -> Iterator[str]:
    """The importable package of every dialect, own ones first."""
    for path in sorted(files(_OWN).iterdir(), key=lambda path: path.name):
        if path.is_dir() and (path / "manifest.toml").is_file():
            yield f"{_OWN}.{path.name}"
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        yield point.value


def read_manifest(package: str) -> Manifest:
    """Raises where it is missing or malformed."""
    text = (files(package) / "manifest.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Manifest)


@lru_cache(maxsize=1)
def all_dialects() -> Mapping[str, Dialect]:
    """Every dialect by vendor. Folders with a faulty manifest are left out; see `problems`."""
    found: dict[str, Dialect] = {}
    for package in packages():
        try:
            manifest = read_manifest(package)
        except (ValueError, OSError, ImportError):
            continue
        found.setdefault(manifest.vendor, Dialect(manifest, package))
    return MappingProxyType(found)


def find(name: str) -> Dialect | None:
    """The dialect of a vendor's name or alias."""
    for vendor, dialect in all_dialects().items():
        if name.lower() in {vendor, *dialect.manifest.aliases}:
            return dialect
    return None


def pushes() -> list[tuple[str, Push]]:
    """(vendor, its push) of every dialect. A broken one is reported and left out."""
    made = []
    for vendor, dialect in all_dialects().items():
        try:
            made.append((vendor, dialect.push()))
        except Exception:
            log.exception("dialect_broken", dialect=vendor)
    return made


def routes(services: CompatServices) -> list[BaseRoute]:
    """The routes of every dialect. A broken one is reported and left out."""
    made: list[BaseRoute] = []
    for vendor, dialect in all_dialects().items():
        try:
            made += map(_lenient, dialect.routes(services))
        except Exception:
            log.exception("dialect_broken", dialect=vendor)
    return as_one(made)


def _lenient(route: BaseRoute) -> BaseRoute:
    """Clients write `//track` where their base URL ends in a slash, and end paths with one."""
    if isinstance(route, Route):
        pattern = re.sub(r"(?<!\.\*\))\$$", "/?$", re.sub("^\\^/", "^/+", route.path_regex.pattern))
        route.path_regex = re.compile(pattern, route.path_regex.flags)
    return route
