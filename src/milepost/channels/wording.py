"""What letters say, in the reader's language. Pure."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from milepost.domain.track import Arrival, Track
from milepost.engine.delivery import Message
from milepost.engine.mailwords import MailWords, filled
from milepost.engine.notifying import Letter, decoded
from milepost.locale import DEFAULT, LOCALES, dates, has, status_label, translate
from milepost.locale.notifying import say

_ACCENT = re.compile(r"#[0-9a-fA-F]{6}")
_PICTURES = ("data:image/png", "data:image/jpeg", "data:image/webp")
_MOST_LOGO = 90_000
# What ends a sentence where it is not a full stop; Thai has nothing but a space.
_STOPS = {"zh": "。", "ja": "。", "th": ""}
_OVER = ("delivered", "returned", "expired", "returning")


def blank(to: str, locale: str, page: Mapping[str, Any]) -> Letter:
    """A letter under the store's brand that says nothing yet. `page`: its page settings."""
    name, accent = page.get("name"), page.get("accent")
    return Letter(
        to=to,
        locale=locale if locale in LOCALES else DEFAULT,
        brand=name[:60] if isinstance(name, str) and name else "Milepost",
        accent=accent if isinstance(accent, str) and _ACCENT.fullmatch(accent) else None,
        logo=_logo(page.get("logo")),
        site=_site(page.get("url")),
        subject="", short="", lines=(),
    )  # fmt: skip


def news(
    base: Letter, topic: str, track: Track, payload: Mapping[str, Any], window: str | None
) -> Letter | None:
    """One change of a parcel. A pick-up code is never in it: that needs proof, on the page."""
    tell = _teller(base.locale)
    head = tell(f"topic.{topic}")
    about = tell("number", number=track.number)
    said = [about]
    if topic == "trouble":
        reason = _reason(track, payload, base.locale)
        if reason is None:
            return None
        said += reason
        base = replace(base, reason=" ".join(reason))
    if topic == "ready":
        said.append(tell("ready_code"))
    if window is not None and track.status.main not in _OVER:
        said.append(tell("expected", window=window))
    return _whole(base, head, said, urgent=topic in ("out_for_delivery", "ready"))


def in_own_words(letter: Letter, words: MailWords, track: Track, window: str | None) -> Letter:
    """The letter as the store words it; as it was where nothing of that could be filled in."""
    values = {
        "number": track.number, "shop": letter.brand,
        "status": status_label(track.status.sub, letter.locale), "window": window or "",
        "reason": letter.reason, "link": letter.url or "",
    }  # fmt: skip
    found = filled(words, values)
    if found is None:
        return letter
    subject, said = found
    return replace(letter, subject=subject, lines=(subject, *said))


def confirm(base: Letter, number: str, url: str) -> Letter:
    """Asks whether somebody wants what was asked for in his name; nothing else is sent before."""
    tell = _teller(base.locale)
    lines = [tell("confirm_line", number=number), tell("confirm_ignore")]
    letter = _whole(base, tell("confirm_subject", number=number), lines, urgent=False)
    return replace(letter, url=url, button=tell("confirm_button"), footer=())


def code(base: Letter, number: str, digits: str) -> Letter:
    """A one-time code; nobody is told to click on anything."""
    tell = _teller(base.locale)
    lines = [tell("code_line", number=number), tell("code_warning")]
    letter = _whole(base, tell("code_subject"), lines, urgent=True)
    short = f"{digits} · {tell('code_line', number=number)} {tell('code_warning')}"
    return replace(letter, code=digits, short=short, url=None, footer=(), unsubscribe_url=None)


def to_merchant(base: Letter, message: Message) -> Letter:
    """An announcement as the merchant's own people read it."""
    tell = _teller(base.locale)
    payload = decoded(message)
    number = message.number or ""
    head, said = _told(message.topic, payload, base.locale)
    letter = _whole(base, f"{number}: {head}" if number else head, said, urgent=False)
    return replace(letter, footer=(tell("merchant_why"),), button=tell("open"))


def window(track: Track, locale: str, zone: str | None, now: datetime) -> str | None:
    """The arrival window as one line: a day, with the hours where they are known."""
    arrival = track.arrival
    if arrival is None:
        return None
    last, first = _moment(arrival, arrival.latest, zone), None
    if arrival.earliest is not None:
        first = _moment(arrival, arrival.earliest, zone)
    day = dates.weekday(last.date(), locale, now.date())
    if arrival.date_only or last.tzinfo is None:
        return day
    until = dates.clock(last.timetz(), locale)
    if first is None:
        hours = translate("arrival.by", locale, to=until)
    elif first.date() == last.date():
        began = dates.clock(first.timetz(), locale)
        hours = translate("arrival.clock", locale, **{"from": began, "to": until})
    else:
        ends = (dates.weekday_short(one.date(), locale, now.date()) for one in (first, last))
        return translate("arrival.days", locale, **dict(zip(("first", "last"), ends, strict=True)))
    return translate("time.at", locale, day=day, clock=hours)


def _sentences(said: list[str], locale: str) -> str:
    """All in one line, as telephones show it: each ends before the next begins."""
    stop = _STOPS.get(locale.partition("-")[0], ".")
    ended = [one if one.endswith((".", "。", "!", "?", "؟")) else one + stop for one in said]
    return translate("arrival.sentences", locale).join(ended)


def _logo(url: Any) -> tuple[str, bytes] | None:
    """A picture from a data URL; None for what is none."""
    head, _, body = url.partition(";base64,") if isinstance(url, str) else ("", "", "")
    if head not in _PICTURES or len(body) > _MOST_LOGO:
        return None
    try:
        return head.removeprefix("data:"), b64decode(body, validate=True)
    except ValueError:
        return None


def _site(url: Any) -> str | None:
    return url if isinstance(url, str) and url.startswith("https://") else None


def _moment(arrival: Arrival, text: str, zone: str | None) -> datetime:
    found = datetime.fromisoformat(text)
    name = arrival.zone or zone
    return found.astimezone(ZoneInfo(name)) if found.tzinfo is not None and name else found


def _whole(base: Letter, head: str, said: list[str], *, urgent: bool) -> Letter:
    tell = _teller(base.locale)
    return replace(
        base,
        subject=f"{head} · {said[0]}" if urgent else head,
        short=_sentences([head, *said], base.locale),
        lines=(head, *said),
        button=tell("open"),
        footer=(tell("why", brand=base.brand),),
        unsubscribe=tell("unsubscribe"),
        urgent=urgent,
    )


def _reason(track: Track, payload: Mapping[str, Any], locale: str) -> list[str] | None:
    """What is wrong and what to do; None for what a buyer can do nothing about."""
    rule = payload.get("rule")
    if rule is None:
        return [status_label(track.status.sub, locale)]
    keys = [f"rule.{rule}.what", f"rule.{rule}.do"]
    if not all(has(key, locale) for key in keys):
        return None
    return [translate(key, locale) for key in keys]


def _told(topic: str, payload: Mapping[str, Any], locale: str) -> tuple[str, list[str]]:
    kind = topic.partition(".")[0]
    if kind == "shipment":
        status = payload["status"]
        return status_label(status["sub"], locale), [f"{status['since']}"]
    if kind == "alert":
        rule = payload["rule"]
        name = translate(f"rule.{rule}.what", locale) if has(f"rule.{rule}.what", locale) else rule
        mark = "✓ " if topic == "alert.cleared" else ""
        return f"{mark}{name}", [f"{rule} · {payload['at']}"]
    if kind == "case":
        step = payload.get("step") or {}
        return f"#{payload['case']} {payload['kind']}", [
            f"{step.get('action')} {step.get('text', '')}"
        ]
    return topic, [f"{topic}"]


class _teller:  # noqa: N801 - reads as a function
    def __init__(self, locale: str) -> None:
        self._locale = locale

    def __call__(self, key: str, **values: object) -> str:
        return say(f"letter.{key}", self._locale, **values)
