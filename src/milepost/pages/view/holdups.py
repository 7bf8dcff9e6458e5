"""What holds up the parcel where it is, and until when: the merchant's network notices."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

from msgspec import Struct

from milepost.domain.notice import Kind
from milepost.domain.status import STATUSES
from milepost.domain.track import NoticeView, Track
from milepost.pages.view.reader import Reader
from milepost.pages.view.times import parse, show
from milepost.pages.view.words import language_of

_KINDS = get_args(Kind)


class HoldUp(Struct, frozen=True):
    """`label` is ours; `title` and `text` are the merchant's own words, in `language`."""

    label: str
    title: str
    text: str
    language: str | None
    until: str
    delay: str | None


def holdups(track: Track, reader: Reader) -> list[HoldUp]:
    """In the order given; none once the road has ended."""
    status = STATUSES.get(track.status.sub)
    if status is not None and status.final:
        return []
    return [_shown(notice, reader) for notice in track.notices]


def _shown(notice: NoticeView, reader: Reader) -> HoldUp:
    kind = notice.kind if notice.kind in _KINDS else "other"
    span = timedelta(hours=notice.delay_h)
    title, text = said_to(notice, reader.locale)
    return HoldUp(
        label=reader.text(f"notice.{kind}"),
        title=title,
        text=text if text.strip() != title.strip() else "",
        language=language_of(title + text),
        until=_until(notice, reader),
        delay=reader.text("notice.delay", span=reader.span(span)) if span else None,
    )


def said_to(notice: NoticeView, locale: str) -> tuple[str, str]:
    """Title and text in the reader's language where they were given in it."""
    wanted = locale.replace("_", "-").lower()
    tags = [(one.language.lower(), one) for one in notice.translations]
    same = [one for tag, one in tags if tag == wanted]
    kin = [one for tag, one in tags if tag[:2] == wanted[:2]]
    said = next(iter(same or kin), notice)
    return said.title, said.text


def _until(notice: NoticeView, reader: Reader) -> str:
    if notice.until is None:
        return reader.text("notice.open")
    return reader.sentence("notice.until", when=show(parse(notice.until), reader).full)
