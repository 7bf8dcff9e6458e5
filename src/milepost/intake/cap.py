"""Common Alerting Protocol 1.2 (OASIS): official warnings, as network notices.

Source: OASIS Standard CAP-V1.2, 1 July 2010. Only messages of status "Actual" count.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from xml.etree import ElementTree

import msgspec

from milepost.domain.notice import Area, Kind, Notice

MOST_BYTES = 4 * 1024 * 1024
_KINDS: dict[str, Kind] = {
    "Met": "weather", "Geo": "disaster", "Fire": "disaster", "Env": "disaster",
    "Transport": "closure", "Infra": "closure", "Safety": "closure", "Security": "closure",
}  # fmt: skip
# How grave it must be to hold up parcels at all.
_GRAVE = {"Extreme", "Severe", "Moderate"}


class CapError(ValueError):
    """What was given is no CAP message; the text is for its sender."""


class Warnings(NamedTuple):
    """Notices that hold, and identifiers of messages that this one takes back."""

    notices: list[Notice]
    ended: list[str]


def read_cap(body: bytes, source: str = "cap") -> Warnings:
    """A message, or a feed with several in it. Raises CapError."""
    root = _parsed(body)
    found = Warnings([], [])
    for alert in _alerts(root):
        _take(alert, source, found)
    return found


def links_of(body: bytes) -> list[str]:
    """The addresses of messages that an Atom or RSS feed only names. Raises CapError."""
    root = _parsed(body)
    if any(True for _ in _alerts(root)):
        return []
    atom = [link.get("href", "") for entry in root.iter() if _name(entry) == "entry"
            for link in entry if _name(link) == "link"]  # fmt: skip
    rss = [(link.text or "").strip() for item in root.iter() if _name(item) == "item"
           for link in item if _name(link) == "link"]  # fmt: skip
    return [url for url in [*atom, *rss] if url.startswith(("http://", "https://"))]


def _parsed(body: bytes) -> ElementTree.Element:
    if len(body) > MOST_BYTES:
        raise CapError(f"a message may have {MOST_BYTES} bytes at most")
    # No document type: so no entities, and nothing that grows when it is read.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise CapError("a document type declaration is not taken")
    try:
        return ElementTree.fromstring(body)  # noqa: S314 - no entities, see above
    except ElementTree.ParseError as error:
        raise CapError(f"not XML: {error}") from None


def _alerts(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    return (one for one in root.iter() if _name(one) == "alert")


def _take(alert: ElementTree.Element, source: str, found: Warnings) -> None:
    if _text(alert, "status") != "Actual":
        return
    identifier = _text(alert, "identifier")
    if not identifier:
        raise CapError("a message has no identifier")
    if _text(alert, "msgType") in {"Update", "Cancel"}:
        # "sender,identifier,sent", several with spaces between
        found.ended.extend(
            part.split(",")[1]
            for part in _text(alert, "references").split()
            if part.count(",") == 2
        )
    if _text(alert, "msgType") in {"Alert", "Update"}:
        notice = _notice(alert, identifier, source)
        if notice is not None:
            found.notices.append(notice)


def _notice(alert: ElementTree.Element, identifier: str, source: str) -> Notice | None:
    infos = [one for one in alert if _name(one) == "info"]
    english = [one for one in infos if _text(one, "language").startswith("en")]
    info = next(iter(english or infos), None)
    if info is None or _text(info, "severity") not in _GRAVE:
        return None
    begins = _text(info, "onset") or _text(info, "effective") or _text(alert, "sent")
    try:
        return Notice(
            kind=_KINDS.get(_text(info, "category"), "other"),
            title=(_text(info, "headline") or _text(info, "event") or identifier)[:200],
            text=_text(info, "description")[:4_000],
            from_at=_time(begins),
            until_at=_time(_text(info, "expires")) if _text(info, "expires") else None,
            areas=[area for one in info if _name(one) == "area" for area in _areas(one)],
            identifier=identifier[:200],
            source=source,
        )
    except (ValueError, msgspec.ValidationError) as error:
        raise CapError(f"message {identifier}: {error}") from None


def _areas(area: ElementTree.Element) -> Iterator[Area]:
    shapes = 0
    for part in area:
        text = (part.text or "").strip()
        if _name(part) == "polygon" and text:
            shapes += 1
            yield Area(polygon=[_pair(one) for one in text.split()])
        elif _name(part) == "circle" and text:
            shapes += 1
            point, _, radius = text.partition(" ")
            latitude, longitude = _pair(point)
            yield Area(latitude=latitude, longitude=longitude, radius_km=max(float(radius), 0.1))
    if not shapes and (name := _text(area, "areaDesc")):
        yield Area(place=name[:200])


def _pair(text: str) -> tuple[float, float]:
    latitude, longitude = (float(part) for part in text.split(","))
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError(f"no position on Earth: {text}")
    return latitude, longitude


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _name(element: ElementTree.Element) -> str:
    """The name without its namespace: feeds use several."""
    return element.tag.rpartition("}")[2]


def _text(element: ElementTree.Element, name: str) -> str:
    return next(((one.text or "").strip() for one in element if _name(one) == name), "")
