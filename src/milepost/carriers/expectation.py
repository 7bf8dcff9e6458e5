"""The form in which a fixture's `.expected.json` says what `parse` must give.

`python -m milepost.carriers.expectation FOLDER` writes the files that are absent, for a person to
go through: what stands in them is a promise from then on.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from milepost.carriers.discovery import Folder, folders
from milepost.carriers.registry import Code, Parse, codes, load_parser
from milepost.domain.place import as_place
from milepost.domain.scan import Facts, ParseContext, Parsed, Scan

_SUFFIX = ".expected.json"
_RECEIVED_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Fixture(Struct, frozen=True):
    """A payload of ours and, once written, what is expected of it."""

    name: str
    payload: bytes
    expected: dict[str, Any] | None

    def run(self, parse: Parse) -> Parsed:
        """What the connector reads, under the fixture's own context."""
        given = (self.expected or {}).get("context", {})
        return parse(self.payload, ParseContext(received_at=_RECEIVED_AT, **given))


def fixtures(folder: Folder) -> Iterator[Fixture]:
    """The folder's fixtures by name."""
    root = folder.root / "fixtures"
    if not root.is_dir():
        return
    for path in sorted(root.iterdir(), key=lambda path: path.name):
        if path.is_file() and not path.name.endswith(_SUFFIX):
            yield Fixture(path.name, path.read_bytes(), _expected(root, path.name))


def _expected(root: Traversable, name: str) -> dict[str, Any] | None:
    path = root / (name.rpartition(".")[0] + _SUFFIX)
    if not path.is_file():
        return None
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])


def outcome(parsed: Parsed, own: Mapping[str, Mapping[str, Code]] | None = None) -> dict[str, Any]:
    """What was read, in the form of an expectation. `own` holds code tables by slug that go
    before the registry's.
    """

    def table(slug: str) -> Mapping[str, Code]:
        return (own or {}).get(slug) or codes(slug)

    return {
        "scans": [_scan(scan, table(scan.code_set or "")) for scan in parsed.scans],
        "facts": [_plain(facts) for facts in parsed.facts],
        "unread": len(parsed.unread),
        "errors": len(parsed.errors),
    }


def _plain(facts: Facts) -> Any:
    return msgspec.json.decode(msgspec.json.encode(facts))


def _scan(scan: Scan, table: Mapping[str, Code]) -> dict[str, Any]:
    place, code = as_place(scan.place), table.get(scan.code or "")
    shown = {
        "number": scan.number,
        "occurred_at": scan.occurred_at.isoformat(),
        "date_only": scan.date_only or None,
        "carrier": scan.carrier,
        "code": scan.code,
        "sub": code.sub if code else None,
        "text": scan.text,
        "place": place.label if place else None,
        "country": place.country if place else None,
        "estimated_from": scan.estimated_from.isoformat() if scan.estimated_from else None,
        "estimated_to": scan.estimated_to.isoformat() if scan.estimated_to else None,
    }
    return {key: value for key, value in shown.items() if value is not None}


def differences(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> list[str]:
    """Where what was read departs from what is expected; only stated keys are compared."""
    found = [
        f"{key}: expected {expected[key]!r}, got {actual[key]!r}"
        for key in ("facts", "unread", "errors")
        if key in expected and expected[key] != actual[key]
    ]
    want, got = expected.get("scans", []), actual["scans"]
    if len(want) != len(got):
        found.append(f"expected {len(want)} scans, got {len(got)}")
    for index, (left, right) in enumerate(zip(want, got, strict=False)):
        found += [
            f"scan {index} {key}: expected {value!r}, got {right.get(key)!r}"
            for key, value in left.items()
            if right.get(key) != value
        ]
    return found


def write_absent(folder: Folder) -> list[str]:
    """Writes the expectation of each fixture that has none; the names of the files written."""
    root = Path(str(folder.root)) / "fixtures"
    written = []
    for fixture in fixtures(folder):
        if fixture.expected is None:
            path = root / (fixture.name.rpartition(".")[0] + _SUFFIX)
            encoded = msgspec.json.encode(outcome(fixture.run(load_parser(folder))))
            path.write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")
            written.append(path.name)
    return written


def main(names: list[str]) -> None:
    for folder in folders():
        if folder.name in names:
            sys.stdout.write("".join(f"{name}\n" for name in write_absent(folder)))


if __name__ == "__main__":
    main(sys.argv[1:])
