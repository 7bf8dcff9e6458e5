"""Common Alerting Protocol 1.2 (OASIS): official warnings, as network notices.

Source: OASIS Standard CAP-V1.2, 1 July 2010. Only messages of status "Actual" count. One message
may hold several `info` blocks: the same in several languages, or different ones for different
areas and times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urljoin
from xml.etree import ElementTree

import msgspec

from milepost.domain.notice import Kind, Notice
from milepost.intake.cap_areas import areas_of, name_of, text_of

MOST_BYTES = 4 * 1024 * 1024
_KINDS: dict[str, Kind] = {
    "Met": "weather", "Geo": "disaster", "Fire": "disaster", "Env": "disaster",
    "Transport": "closure", "Infra": "closure", "Safety": "closure", "Security": "closure",
}  # fmt: skip
# How grave it must be to hold up parcels at all.
_GRAVE = {"Extreme", "Severe", "Moderate"}
_CAP_MEDIA = {"application/cap+xml", "application/common-alerting-protocol+xml"}


class CapError(ValueError):
    """What was given is no CAP message; the text is for its sender."""


class Warnings(NamedTuple):
    """Notices that hold, identifiers of messages that are taken back, and what could not be read
    of a feed of several.
    """

    notices: list[Notice]
    ended: list[str]
    faults: list[str]


def read_cap(body: bytes, source: str = "cap") -> Warnings:
    """A message, or a feed with several in it: one that cannot be read loses no other.

    Raises CapError for what is no XML, or where nothing of it could be read.
    """
    return read_all([body], source)


def read_all(bodies: Sequence[bytes], source: str = "cap") -> Warnings:
    """The same of messages that belong together: what one takes back does not hold, whichever
    comes first.
    """
    found = Warnings([], [], [])
    for body in bodies:
        try:
            root = _parsed(body)
        except CapError as error:
            found.faults.append(str(error))
            continue
        for alert in _alerts(root):
            try:
                _take(alert, source, found)
            except CapError as error:
                found.faults.append(str(error))
    if found.faults and not found.notices and not found.ended:
        raise CapError("; ".join(found.faults[:5]))
    standing = [one for one in found.notices if message_of(one.identifier) not in found.ended]
    return found._replace(notices=standing)


def message_of(identifier: str | None) -> str:
    """A message's own identifier; its second and further blocks have a number behind it."""
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
    if text_of(alert, "status") != "Actual":
        return
    identifier = text_of(alert, "identifier")
    if not identifier:
        raise CapError("a message has no identifier")
    if text_of(alert, "msgType") in {"Update", "Cancel"}:
        found.ended.extend(_references(alert))
    if text_of(alert, "msgType") in {"Alert", "Update"}:
        found.notices.extend(_notices(alert, identifier[:190], source))


def _references(alert: ElementTree.Element) -> Iterator[str]:
    """ "sender,identifier,sent", several with spaces between; an identifier may have commas."""
    for part in text_of(alert, "references").split():
        if part.count(",") >= 2:
            yield part.partition(",")[2].rpartition(",")[0][:190]


def _notices(alert: ElementTree.Element, identifier: str, source: str) -> Iterator[Notice]:
    infos = [one for one in _in_one_language(alert) if _holds_up(one)]
    for index, info in enumerate(infos):
        name = f"{identifier}#{index + 1}" if index else identifier
        try:
            yield _notice(alert, info, name, source)
        except (ValueError, msgspec.ValidationError) as error:
            raise CapError(f"message {identifier}: {error}") from None


def _in_one_language(alert: ElementTree.Element) -> list[ElementTree.Element]:
    """English where there is any, else that of the first block."""
    infos = [one for one in alert if name_of(one) == "info"]
    # en-US is what a block without a language is in.
    spoken = [(text_of(one, "language") or "en-US").lower()[:2] for one in infos]
    wanted = "en" if "en" in spoken else next(iter(spoken), "")
    return [one for one, said in zip(infos, spoken, strict=True) if said == wanted]


def _holds_up(info: ElementTree.Element) -> bool:
    over = text_of(info, "urgency") == "Past" or text_of(info, "certainty") == "Unlikely"
    clear = any(name_of(one) == "responseType" and one.text == "AllClear" for one in info)
    return text_of(info, "severity") in _GRAVE and not over and not clear


def _notice(
    alert: ElementTree.Element, info: ElementTree.Element, identifier: str, source: str
) -> Notice:
    begins = text_of(info, "onset") or text_of(info, "effective") or text_of(alert, "sent")
    ends = text_of(info, "expires")
    kinds = [_KINDS[one.text] for one in info if name_of(one) == "category" and one.text in _KINDS]
    title = text_of(info, "headline") or text_of(info, "event") or identifier
    return msgspec.convert(
        {
            "kind": next(iter(kinds), "other"), "title": title[:200],
            "text": text_of(info, "description")[:4_000], "from_at": _time(begins),
            "until_at": _time(ends) if ends else None, "areas": areas_of(info),
            "identifier": identifier, "source": source,
        },
        Notice, from_attributes=True,
    )  # fmt: skip


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
