"""Common Alerting Protocol 1.2 (OASIS): official warnings, as network notices.

Source: OASIS Standard CAP-V1.2, 1 July 2010. Only messages of status "Actual" count. One message
may hold several `info` blocks: the same in several languages, or different ones for different
areas and times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urljoin
from xml.etree import ElementTree

import msgspec

from milepost.domain.notice import Notice
from milepost.intake.cap_areas import name_of, text_of
from milepost.intake.cap_info import blocks, holds_up, notice_of

MOST_BYTES = 4 * 1024 * 1024
_STATUSES = {"Actual", "Exercise", "System", "Test", "Draft"}
_FEEDS = {"feed", "rss", "RDF", "alerts"}
_CAP_MEDIA = {"application/cap+xml", "application/common-alerting-protocol+xml"}


class CapError(ValueError):
    """What was given is no CAP message; the text is for its sender."""


class Warnings(NamedTuple):
    """Notices that hold, "sender,identifier" of messages that are taken back, what could not be
    read of a feed of several, and what says of itself that it holds nothing up.
    """

    notices: list[Notice]
    ended: list[str]
    faults: list[str]
    left_out: list[str]


def read_cap(body: bytes, source: str = "cap") -> Warnings:
    """A message, or a feed with several in it: one that cannot be read loses no other.

    Raises CapError for what is no XML, or where nothing of it could be read.
    """
    return read_all([body], source)


def read_all(bodies: Sequence[bytes], source: str = "cap") -> Warnings:
    """The same of messages that belong together: what one takes back does not hold, whichever
    comes first.
    """
    found = Warnings([], [], [], [])
    for body in bodies:
        try:
            root = _parsed(body)
        except CapError as error:
            found.faults.append(str(error))
            continue
        alerts = [*_alerts(root)]
        if not alerts and name_of(root) not in _FEEDS:
            found.faults.append(f"<{name_of(root)}> holds no CAP message")
        for alert in alerts:
            try:
                _take(alert, source, found)
            except CapError as error:
                found.faults.append(str(error))
    if found.faults and not found.notices and not found.ended:
        raise CapError("; ".join(found.faults[:5]))
    standing = [one for one in found.notices if message_of(one.key) not in found.ended]
    return found._replace(notices=standing)


def message_of(identifier: str | None) -> str:
    """The key of a message; that of its second and further blocks has a number behind it."""
    return (identifier or "").partition("#")[0]


def links_of(body: bytes, url: str = "") -> list[str]:
    """The addresses of messages that an Atom or RSS feed only names. Raises CapError."""
    root = _parsed(body)
    if any(True for _ in _alerts(root)):
        return []
    entries = [one for one in root.iter() if name_of(one) in ("entry", "item")]
    found = [link for entry in entries if (link := _link(entry))]
    joined = (urljoin(url, one) for one in found)
    return [one for one in dict.fromkeys(joined) if one.startswith(("http://", "https://"))]


def _link(entry: ElementTree.Element) -> str | None:
    """An entry's own message: one that says that it is CAP comes before a page for people."""
    links = [one for one in entry if name_of(one) in ("link", "enclosure")]
    ranked = sorted(links, key=lambda one: (one.get("type") not in _CAP_MEDIA, _is_page(one)))
    addresses = (one.get("href") or one.get("url") or (one.text or "").strip() for one in ranked)
    return next((one for one in addresses if one), None)


def _is_page(link: ElementTree.Element) -> bool:
    return link.get("type", "").startswith("text/html")


def _parsed(body: bytes) -> ElementTree.Element:
    if len(body) > MOST_BYTES:
        raise CapError(f"a message may have {MOST_BYTES} bytes at most")
    # No document type: so no entities, and nothing that grows when it is read.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise CapError("a document type declaration is not taken")
    try:
        return ElementTree.fromstring(body.strip())  # noqa: S314 - no entities, see above
    except (ElementTree.ParseError, ValueError) as error:
        raise CapError(f"not XML: {error}") from None


def _alerts(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    return (one for one in root.iter() if name_of(one) == "alert")


def _take(alert: ElementTree.Element, source: str, found: Warnings) -> None:
    identifier, status = text_of(alert, "identifier"), text_of(alert, "status")
    if not identifier:
        raise CapError("a message has no identifier")
    if status not in _STATUSES:
        raise CapError(f"message {identifier}: no such status: {status or 'none at all'}")
    if status != "Actual":
        found.left_out.append(f"{identifier}: {status}")
        return
    if text_of(alert, "msgType") in {"Update", "Cancel", "Error"}:
        found.ended.extend(_references(alert))
    if text_of(alert, "msgType") in {"Alert", "Update"}:
        notices = [*_notices(alert, identifier[:190], source)]
        found.notices.extend(notices)
        if not notices:
            found.left_out.append(f"{identifier}: minor, over or all clear")


def _references(alert: ElementTree.Element) -> Iterator[str]:
    """ "sender,identifier,sent", several with spaces between; an identifier may have commas."""
    for part in text_of(alert, "references").split():
        if part.count(",") >= 2:
            sender, _, rest = part.partition(",")
            yield f"{sender[:190]},{rest.rpartition(',')[0][:190]}"


def _notices(alert: ElementTree.Element, identifier: str, source: str) -> Iterator[Notice]:
    telling = [one for one in blocks(alert) if holds_up(one[0])]
    for index, (info, others) in enumerate(telling):
        name = f"{identifier}#{index + 1}" if index else identifier
        try:
            yield notice_of(alert, info, others, name, source)
        except (ValueError, msgspec.ValidationError) as error:
            raise CapError(f"message {identifier}: {error}") from None
