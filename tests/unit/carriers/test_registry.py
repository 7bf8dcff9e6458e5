"""Carriers are found by folder and by entry point, and every fault of a folder is named."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from milepost.carriers import discovery, registry
from milepost.carriers.checking import check_folder
from milepost.carriers.discovery import GROUP, Folder, broken_packages
from milepost.domain.status import STATUSES

MANIFEST = 'slug = "tern"\nname = "Tern Post"\nkind = "carrier"\n'
PARSE = """
import msgspec
from milepost.domain.scan import Parsed, Scan, Unread

def parse(payload, context):
    rows = payload.decode().split()
    at = context.received_at
    scans = tuple(Scan(number=row, occurred_at=at) for row in rows if row != "?")
    errors = ("none",) if not rows else ()
    unread = (Unread(where="", reason=""),) * rows.count("?")
    return Parsed(scans=scans, unread=unread, errors=errors)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable package `tern` outside of the project, announced by an entry point."""
    folder = tmp_path / "tern"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "manifest.toml").write_text(MANIFEST)
    monkeypatch.syspath_prepend(str(tmp_path))
    points = (EntryPoint("tern", "tern", GROUP), EntryPoint("gone", "no_such_package", GROUP))
    monkeypatch.setattr(discovery, "entry_points", lambda group: points)
    forget()
    yield folder
    forget()
    for name in [name for name in sys.modules if name.partition(".")[0] == "tern"]:
        del sys.modules[name]


def forget() -> None:
    for cached in (registry._known, registry._names, registry.codes, registry.parser):
        cached.cache_clear()


def problems_of(folder: Path) -> list[str]:
    return [text.removeprefix("tern: ") for text in check_folder(Folder("tern", "tern", folder))]


def test_finds_by_slug_name_and_alias() -> None:
    for name in ("sf", "SF", "shunfeng", "顺丰速运", " SF Express "):
        carrier = registry.find(name)
        assert carrier is not None
        assert carrier.slug == "sf"
    assert registry.find("nobody") is None
    assert registry.find("") is None


def test_a_carrier_knows_its_folder() -> None:
    carrier = registry.carriers()["17track"]

    assert (carrier.folder, carrier.kind, carrier.has_parse) == (
        "seventeentrack",
        "aggregator",
        True,
    )


def test_codes_are_exact() -> None:
    assert registry.codes("kdniao")["201"].sub == "in_transit.arrived_dest_city"
    assert registry.codes("kuaidi100")["201"].sub == "exception.undelivered_timeout"
    assert "999" not in registry.codes("kdniao")
    assert registry.codes("nobody") == {}


def test_every_code_has_a_status() -> None:
    for slug in registry.carriers():
        assert {code.sub for code in registry.codes(slug).values()} <= STATUSES.keys()


def test_a_carrier_without_a_parser() -> None:
    assert registry.parser("nobody") is None
    bare = next(carrier for carrier in registry.carriers().values() if not carrier.has_parse)
    assert registry.parser(bare.slug) is None


def test_an_installed_package_joins(package: Path) -> None:
    (package / "codes.toml").write_text('[codes]\nD = { sub = "delivered" }\n')

    assert registry.find("tern post") == registry.carriers()["tern"]
    assert registry.codes("tern")["D"].sub == "delivered"
    assert registry.parser("tern") is None


def test_a_broken_package_is_named_and_harms_nobody(package: Path) -> None:
    assert "sf" in registry.carriers()
    assert len(broken_packages()) == 1
    assert broken_packages()[0].startswith("no_such_package: cannot be imported")


def test_an_installed_package_cannot_take_our_carriers_place(package: Path) -> None:
    (package / "manifest.toml").write_text('slug = "sf"\nname = "Not SF"\n')

    assert registry.carriers()["sf"].name == "SF Express"


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("manifest.toml", "slug = 3", "Expected `str`, got `int`"),
        ("manifest.toml", "slug =", "TOMLDecodeError"),
        ("manifest.toml", MANIFEST + 'colour = "red"', "unknown field `colour`"),
        ("manifest.toml", MANIFEST.replace("tern", "Tern"), "not lower-case"),
        ("manifest.toml", MANIFEST.replace("tern", "arctic-tern"), "must be named 'arctic_tern'"),
        ("manifest.toml", MANIFEST + 'time_zone = "Asia/Peking"', "no time zone 'Asia/Peking'"),
        ("manifest.toml", MANIFEST + 'country = "CHN"', "not an ISO 3166-1"),
        ("manifest.toml", MANIFEST + 'tracking_url = "https://x.example/"', "lacks {number}"),
        ("codes.toml", '[codes]\nD = { sub = "done" }', "no such status: 'done'"),
        ("codes.toml", '[codes]\n" D" = { sub = "delivered" }', "blanks"),
        ("codes.toml", '[codes]\nD = { main = "x" }', "unknown field"),
        ("codes.toml", "[code]\n", "unknown tables: code"),
        ("carriers.toml", '[carriers]\nX = "nobody"', "no carrier of ours"),
        ("parse.py", "import nothing_here", "ModuleNotFoundError"),
    ],
)
def test_names_what_is_wrong(package: Path, file: str, text: str, problem: str) -> None:
    (package / file).write_text(text)

    assert problem in "\n".join(problems_of(package))


def test_an_alias_has_one_owner(package: Path) -> None:
    (package / "manifest.toml").write_text(MANIFEST + 'aliases = ["Shunfeng"]')
    folder = Folder("tern", "tern", package)

    assert check_folder(folder, {"shunfeng": "sf"}) == [
        "tern: the name 'shunfeng' belongs to sf already"
    ]


def test_a_connector_shows_a_road_an_error_and_a_broken_scan(package: Path) -> None:
    (package / "manifest.toml").write_text(MANIFEST + 'payloads = ["json"]\nsources = ["x"]\n')
    (package / "parse.py").write_text(PARSE)
    assert problems_of(package) == [
        "no fixture shows a road",
        "no fixture shows an error answer",
        "no fixture shows a broken scan among good ones",
    ]

    fixtures = package / "fixtures"
    fixtures.mkdir()
    scan = '{"number": "%s", "occurred_at": "2026-03-01T12:00:00+00:00"}'
    (fixtures / "road.txt").write_text("A1 A2")
    (fixtures / "road.expected.json").write_text(f'{{"scans": [{scan % "A1"}, {scan % "A2"}]}}')
    (fixtures / "broken.txt").write_text("A1 ?")
    (fixtures / "broken.expected.json").write_text(f'{{"scans": [{scan % "A1"}], "unread": 1}}')
    (fixtures / "error.txt").write_text("")
    (fixtures / "error.expected.json").write_text('{"scans": [], "errors": 1}')
    assert problems_of(package) == []

    (fixtures / "road.expected.json").write_text(f'{{"scans": [{scan % "A1"}, {scan % "B2"}]}}')
    assert problems_of(package) == ["fixture road.txt: scan 1 number: expected 'B2', got 'A2'"]
