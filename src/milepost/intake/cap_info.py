"""The `info` blocks of a CAP 1.2 message: what is the matter, from when until when, in which
languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import msgspec

from milepost.domain.notice import Kind, Notice
from milepost.intake.cap_areas import areas_of, name_of, text_of

UNTOLD = timedelta(days=3)  # how long a warning holds that does not say
_KINDS: dict[str, Kind] = {
    "Met": "weather", "Geo": "disaster", "Fire": "disaster", "Env": "disaster",
    "Transport": "closure", "Infra": "closure", "Safety": "closure", "Security": "closure",
}  # fmt: skip
# How grave it must be to hold up parcels at all.
_GRAVE = {"Extreme", "Severe", "Moderate"}


def blocks(
    alert: ElementTree.Element,
) -> list[tuple[ElementTree.Element, list[ElementTree.Element]]]:
    """Each block in English, where there is any, else in the first language; and the same block in
    the others: they tell of the same, one after another.
    """
    spoken: dict[str, list[ElementTree.Element]] = {}
    for one in alert:
        if name_of(one) == "info":
            spoken.setdefault(language_of(one)[:2].lower(), []).append(one)
    wanted = spoken.pop("en" if "en" in spoken else next(iter(spoken), ""), [])
    same = [one for one in spoken.values() if len(one) == len(wanted)]
    return [(info, [one[index] for one in same]) for index, info in enumerate(wanted)]


def language_of(info: ElementTree.Element) -> str:
    """en-US is what a block without a language is in."""
    return text_of(info, "language") or "en-US"


def holds_up(info: ElementTree.Element) -> bool:
    """Whether it is grave, and neither over nor an all-clear."""
    over = text_of(info, "urgency") == "Past" or text_of(info, "certainty") == "Unlikely"
    clear = any(name_of(one) == "responseType" and one.text == "AllClear" for one in info)
    return text_of(info, "severity") in _GRAVE and not over and not clear


def notice_of(
    alert: ElementTree.Element,
    info: ElementTree.Element,
    others: Sequence[ElementTree.Element],
    identifier: str,
    source: str,
) -> Notice:
    """A block as a notice. `others`: the same in other languages. Raises ValueError, and
    msgspec.ValidationError, which is one.
    """
    begins = text_of(info, "onset") or text_of(info, "effective") or text_of(alert, "sent")
    kinds = [_KINDS[one.text] for one in info if name_of(one) == "category" and one.text in _KINDS]
    return msgspec.convert(
        {
            "kind": next(iter(kinds), "other"), "from_at": _time(begins), **_said(info, identifier),
            "until_at": _until(alert, info, _time(begins)), "areas": areas_of(info),
            "identifier": identifier, "source": source,
            "sender": text_of(alert, "sender")[:190] or None,
            "translations": [
                {"language": language_of(one)[:35], **_said(one, identifier)} for one in others
            ],
        },
        Notice, from_attributes=True,
    )  # fmt: skip


def _said(info: ElementTree.Element, identifier: str) -> dict[str, str]:
    title = text_of(info, "headline") or text_of(info, "event") or identifier
    return {"title": title[:200], "text": text_of(info, "description")[:4_000]}


def _until(alert: ElementTree.Element, info: ElementTree.Element, begins: datetime) -> datetime:
    """Where a message does not say, CAP leaves it to its readers: none is open for ever."""
    ends, sent = text_of(info, "expires"), text_of(alert, "sent")
    if ends:
        return _time(ends)
    return max(begins, _time(sent) if sent else begins) + UNTOLD


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
