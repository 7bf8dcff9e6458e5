"""The carriers we know, by slug, discovered by folder. Code of a connector is imported on use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from types import MappingProxyType
from typing import Literal

import msgspec
from msgspec import Struct

from milepost.carriers.discovery import Folder, folders
from milepost.domain.scan import ParseContext, Parsed

Parse = Callable[[bytes, ParseContext], Parsed]


class Code(Struct, frozen=True, forbid_unknown_fields=True):
    """What a carrier's code means. `coarse`: a scan's text, where it is understood, says more."""

    sub: str
    text: str | None = None
    coarse: bool = False


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A folder's `manifest.toml`. `time_zone` only if one zone holds for all its naive times."""

    slug: str
    name: str
    name_zh: str | None = None
    country: str | None = None
    kind: Literal["carrier", "aggregator"] = "carrier"
    time_zone: str | None = None
    website: str | None = None
    tracking_url: str | None = None
    phone: str | None = None
    needs_phone_tail: bool = False
    aliases: tuple[str, ...] = ()
    payloads: tuple[Literal["json", "xml", "form", "csv"], ...] = ()
    sources: tuple[str, ...] = ()


class Carrier(Manifest, frozen=True, kw_only=True):
    """A carrier or aggregator. `has_parse` tells whether its payloads can be read."""

    folder: str
    has_parse: bool


def carriers() -> Mapping[str, Carrier]:
    """All carriers by slug. Folders with a faulty manifest are left out; see `problems`."""
    return _known()[0]


def find(name: str) -> Carrier | None:
    """The carrier of a slug, name or alias, whatever the case."""
    return _names().get(name.strip().casefold())


@lru_cache(maxsize=256)
def codes(slug: str) -> Mapping[str, Code]:
    """The exact code table of a carrier; empty if it has none or is unknown."""
    folder = _known()[1].get(slug)
    if folder is None:
        return MappingProxyType({})
    return MappingProxyType(read_codes(folder))


@lru_cache(maxsize=256)
def parser(slug: str) -> Parse | None:
    """The connector's `parse`; None if it has none or is unknown."""
    folder = _known()[1].get(slug)
    return None if folder is None or not folder.has("parse.py") else load_parser(folder)


def read_manifest(folder: Folder) -> Manifest:
    """Raises on malformed TOML, unknown keys and wrong types."""
    return msgspec.convert(folder.table("manifest.toml"), Manifest)


def read_codes(folder: Folder) -> dict[str, Code]:
    """Raises on malformed TOML, unknown keys and wrong types."""
    return msgspec.convert(folder.table("codes.toml").get("codes", {}), dict[str, Code])


def load_parser(folder: Folder) -> Parse:
    """Imports the folder's `parse.py`."""
    parse: Parse = import_module(f"{folder.package}.parse").parse
    return parse


@lru_cache(maxsize=1)
def _known() -> tuple[Mapping[str, Carrier], Mapping[str, Folder]]:
    found: dict[str, Carrier] = {}
    where: dict[str, Folder] = {}
    for folder in folders():
        try:
            manifest = read_manifest(folder)
        except (ValueError, msgspec.ValidationError):
            continue
        # the first wins: an installed package cannot take an own carrier's place
        if manifest.slug not in found:
            found[manifest.slug] = _carrier(manifest, folder)
            where[manifest.slug] = folder
    return MappingProxyType(found), MappingProxyType(where)


def _carrier(manifest: Manifest, folder: Folder) -> Carrier:
    return Carrier(
        **msgspec.structs.asdict(manifest), folder=folder.name, has_parse=folder.has("parse.py")
    )


@lru_cache(maxsize=1)
def _names() -> dict[str, Carrier]:
    names: dict[str, Carrier] = {}
    for carrier in carriers().values():
        for name in (carrier.name, carrier.name_zh, *carrier.aliases):
            names.setdefault((name or "").casefold(), carrier)
    names.pop("", None)
    return names | {slug.casefold(): carrier for slug, carrier in carriers().items()}
