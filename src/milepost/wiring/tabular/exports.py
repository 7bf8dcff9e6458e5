"""Exports of vendors: recognised by their columns, and read into shipments and newest scans."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct

from milepost.identify import identify
from milepost.wiring.tabular.numbers import whole

Row = Mapping[str, Any]
Item = dict[str, Any]
_SCAN = ("number", "carrier", "order_number", "code", "text", "occurred_at", "place")
_TIMES = ("occurred_at", "ordered_at", "promised_to")
_PLAIN = ("%m/%d/%Y %H:%M", "%m/%d/%Y", "%d %b %Y %H:%M", "%b %d, %Y", "%Y-%m-%d %H:%M:%S UTC",
          "%Y-%m-%d %H:%M:%S %z", "%Y%m%d%H%M%S")  # fmt: skip
SAMPLED = 50
_LONGEST_NAME = 200
# A column holds tracking numbers if at least this share of it looks like some.
ENOUGH = 0.6


class Export(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of file; see `exports.toml`."""

    vendor: str
    name: str
    codes: str
    needs: list[list[str]]
    columns: dict[str, list[str]]
    status: str | None = None
    mains: dict[str, str] = {}


class Reading(Struct, frozen=True):
    """How a file is read: `columns` says which of its columns is what we call so."""

    vendor: str | None
    columns: dict[str, str]
    export: Export | None = None


@lru_cache(maxsize=1)
def exports() -> tuple[Export, ...]:
    """Every kind that is known, the more telling ones first."""
    text = (files(__package__) / "exports.toml").read_text("utf-8")
    return tuple(msgspec.convert(tomllib.loads(text)["export"], list[Export]))


def plain(name: object) -> str:
    """A column's name as it is compared."""
    return _plain(str(name or "")[:_LONGEST_NAME])


@lru_cache(maxsize=8_192)
def _plain(name: str) -> str:
    return re.sub(r"[^\w]|_", "", name.strip().lower())


def recognise(names: Sequence[str]) -> Reading | None:
    """The vendor whose export has these columns."""
    known = {plain(name): name for name in reversed(names)}
    for export in exports():
        if all(any(one in known for one in group) for group in export.needs):
            found = {
                meaning: known[next(one for one in called if one in known)]
                for meaning, called in export.columns.items()
                if any(one in known for one in called)
            }
            return Reading(export.vendor, found, export)
    return None


def number_column(rows: Sequence[Row]) -> str | None:
    """The column whose values look like tracking numbers, where no name tells it."""
    scores = {name: _score([row.get(name) for row in rows]) for name in (rows[0] if rows else ())}
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best is not None and scores[best] >= ENOUGH else None


def _score(values: Sequence[Any]) -> float:
    texts = [str(value).strip() for value in values if value not in (None, "")]
    if not texts or len(set(texts)) < len(texts) / 2:
        return 0.0  # a city or a state stands there again and again; a number does not
    return sum(_looks(text) for text in texts) / len(texts)


def _looks(text: str) -> bool:
    if not 8 <= len(text) <= 40 or sum(character.isdigit() for character in text) < 6:
        return False
    return not re.search(r"[@:/]", text) and bool(identify(text).candidates)


def items_of(reading: Reading, row: Row) -> Iterator[Item]:
    """The shipment of a row and, where it tells one, the newest scan. Raises ValueError."""
    assert reading.export is not None
    found: Item = {
        meaning: value
        for meaning, name in reading.columns.items()
        if (value := _value(row.get(name))) is not None
    }
    if "number" not in found:
        raise ValueError("no tracking number")
    found |= {name: whole(found[name]) for name in ("number", "order_number") if name in found}
    if "carrier" in found:
        found["carrier"] = slug_of(reading.export, found["carrier"])
    for name in _TIMES:
        if name in found:
            found[name] = time_of(found[name])
    if code := found.pop("code", None):
        found |= _told(reading.export, code, found)
    yield {
        name: value
        for name, value in found.items()
        if name not in ("code", "text", "occurred_at", "place")
    }
    if "occurred_at" in found and ("code" in found or "text" in found):
        yield {name: found[name] for name in _SCAN if name in found}


def _told(export: Export, status: str, found: Item) -> Item:
    """The vendor's status as ours; where it is none of the vendor's, it is text at best."""
    sub = _sub(export, status)
    if sub is not None and sub.partition(".")[0] not in ("unknown", "pending"):
        return {"code": sub}
    return {} if "text" in found or sub is not None else {"text": status}


def _sub(export: Export, status: str) -> str | None:
    return _subs(export.name).get(plain(status)) if export.status is not None else None


@lru_cache(maxsize=32)
def _subs(name: str) -> dict[str, str]:
    """Our sub of each status that an export tells, by its plain word; a code goes before a main."""
    from milepost.compat.core.statuses import load_statuses

    export = next(one for one in exports() if one.name == name)
    back = load_statuses(f"milepost.compat.{export.status}").back
    known = [*export.mains.items(), *reversed(back.items())]
    return {plain(word): sub for word, sub in known}


def slug_of(export: Export, text: str) -> str:
    """Our slug of a carrier; the vendor's own word where nobody knows it."""
    return _slug_of(export.codes, text)


# A file names the same few carriers in each of its rows.
@lru_cache(maxsize=4_096)
def _slug_of(vendor: str, text: str) -> str:
    from milepost.carriers import registry
    from milepost.compat.core.crosswalk import crosswalk

    known = crosswalk().slug_of(vendor, text)
    if known is None and (carrier := registry.find(text)) is not None:
        known = carrier.slug
    return known or _named(text) or text


def _named(text: str) -> str | None:
    from milepost.compat.core.crosswalk import crosswalk

    wanted = text.strip().casefold()
    for row in crosswalk().all():
        if wanted in (row.name.casefold(), (row.name_zh or "").casefold()):
            return row.slug
    return None


def time_of(text: str) -> str:
    """ISO 8601 of what vendors and spreadsheets write; without a zone where they give none."""
    cleaned = text.strip().replace("/", "-") if re.match(r"\d{4}/", text) else text.strip()
    try:
        return datetime.fromisoformat(cleaned).isoformat()
    except ValueError:
        pass
    for form in _PLAIN:
        try:
            found = datetime.strptime(cleaned, form)  # noqa: DTZ007 - no zone is made up
        except ValueError:
            continue
        return (found.replace(tzinfo=UTC) if form.endswith("UTC") else found).isoformat()
    raise ValueError(f"'{text}' is no time")


def _value(value: Any) -> str | None:
    text = str(value).strip() if value is not None else ""
    # Excel is told by an apostrophe or ="…" that a number is text.
    if text[:1] in ("=", "'") and (match := re.fullmatch(r'="?(.*?)"?|\'(.*)', text)):
        text = match[1] or match[2] or ""
    return text or None
