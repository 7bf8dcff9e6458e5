"""Goes through every connector folder; `milepost check` shows what it finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from milepost.carriers.discovery import Folder, broken_packages, folders
from milepost.carriers.expectation import Fixture, differences, fixtures, outcome
from milepost.carriers.registry import Manifest, carriers, load_parser, read_codes, read_manifest
from milepost.domain.status import STATUSES

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")


def check_all() -> list[str]:
    """What is wrong, one sentence each, with the folder's name in front."""
    found = broken_packages()
    owners: dict[str, str] = {}
    for folder in folders():
        found += check_folder(folder, owners)
    return found


def check_folder(folder: Folder, owners: dict[str, str] | None = None) -> list[str]:
    """What is wrong with one folder. `owners` says whose each name is, and learns new ones."""
    try:
        problems = list(_check(folder, {} if owners is None else owners))
    except Exception as error:
        # whatever a folder does, the others must still be checked
        problems = [repr(error)]
    return [f"{folder.name}: {problem}" for problem in problems]


def _check(folder: Folder, owners: dict[str, str]) -> Iterator[str]:
    manifest = read_manifest(folder)
    yield from _check_manifest(manifest, folder)
    yield from _check_names(manifest, owners)
    yield from _check_codes(folder)
    yield from _check_carrier_table(folder)
    if folder.has("parse.py"):
        yield from _check_connector(manifest, folder)


def _check_manifest(manifest: Manifest, folder: Folder) -> Iterator[str]:
    slug = manifest.slug
    if not _SLUG.fullmatch(slug):
        yield f"slug {slug!r} is not lower-case words joined by hyphens"
    # a package cannot begin with a digit, so such a carrier writes its name out (seventeentrack)
    if not slug[:1].isdigit() and slug.replace("-", "_") != folder.name:
        yield f"the folder of slug {slug!r} must be named {slug.replace('-', '_')!r}"
    if manifest.time_zone is not None and not _is_zone(manifest.time_zone):
        yield f"there is no time zone {manifest.time_zone!r}"
    if manifest.country is not None and not _COUNTRY.fullmatch(manifest.country):
        yield f"country {manifest.country!r} is not an ISO 3166-1 alpha-2 code"
    if manifest.tracking_url is not None and "{number}" not in manifest.tracking_url:
        yield "tracking_url lacks {number}"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _check_names(manifest: Manifest, owners: dict[str, str]) -> Iterator[str]:
    for name in {name.casefold() for name in (manifest.slug, *manifest.aliases)}:
        owner = owners.setdefault(name, manifest.slug)
        if owner != manifest.slug:
            yield f"the name {name!r} belongs to {owner} already"


def _check_codes(folder: Folder) -> Iterator[str]:
    for key, code in read_codes(folder).items():
        if code.sub not in STATUSES:
            yield f"code {key!r} has no such status: {code.sub!r}"
        elif not key.strip() or key != key.strip():
            yield f"code {key!r} is empty or has blanks around it"
    if extra := set(folder.table("codes.toml")) - {"codes"}:
        yield f"codes.toml has unknown tables: {', '.join(sorted(extra))}"


def _check_carrier_table(folder: Folder) -> Iterator[str]:
    for key, slug in folder.table("carriers.toml").get("carriers", {}).items():
        if slug not in carriers():
            yield f"carriers.toml: {key!r} maps to {slug!r}, which is no carrier of ours"


def _check_connector(manifest: Manifest, folder: Folder) -> Iterator[str]:
    for word in ("payloads", "sources"):
        if not getattr(manifest, word):
            yield f"a connector's manifest says its {word}"
    parse = load_parser(folder)
    seen, own = list(fixtures(folder)), {manifest.slug: read_codes(folder)}
    for fixture in seen:
        if fixture.expected is None:
            yield f"fixture {fixture.name} has no expectation"
            continue
        for difference in differences(fixture.expected, outcome(fixture.run(parse), own)):
            yield f"fixture {fixture.name}: {difference}"
    yield from _check_coverage(seen)


def _check_coverage(seen: list[Fixture]) -> Iterator[str]:
    wanted = [fixture.expected or {} for fixture in seen]
    if not any(want.get("scans") and not want.get("unread") for want in wanted):
        yield "no fixture shows a road"
    if not any(want.get("errors") for want in wanted):
        yield "no fixture shows an error answer"
    if not any(want.get("unread") and want.get("scans") for want in wanted):
        yield "no fixture shows a broken scan among good ones"
