"""The store's own words in mails to buyers: checked when saved, filled in when sent.

They are kept in `tenant.settings` as `mail`: `{topic: {language: {subject, text}}}`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from milepost.engine.notifying import BUYER_TOPICS

TOPICS = BUYER_TOPICS
# What may stand in braces: only what everybody may see who looks the number up. Nothing else of a
# record can get into a mail.
FIELDS = ("number", "shop", "status", "window", "reason", "link")
MOST_SUBJECT, MOST_TEXT, MOST_PARAGRAPHS = 200, 5_000, 40
_FIELD = re.compile(r"\{(\w+)\}")
_BREAK = re.compile(r"\n\s*\n")


class MailWords(Struct, frozen=True):
    """A subject, which is the mail's heading too, and paragraphs parted by empty lines."""

    subject: str
    text: str


class Fault(Struct, frozen=True):
    """What is wrong with a template: the key of a text, and what it is about."""

    key: str
    about: str = ""


def words_of(mail: Mapping[str, Any], topic: str, locale: str) -> MailWords | None:
    """The store's words for a topic in a language; None where it has none that can be used."""
    languages = mail.get(topic)
    found = languages.get(locale) if isinstance(languages, Mapping) else None
    if not isinstance(found, Mapping):
        return None
    subject, text = found.get("subject"), found.get("text")
    if not isinstance(subject, str) or not isinstance(text, str):
        return None
    words = MailWords(subject, text)
    return None if fault_of(words) else words


def fault_of(words: MailWords) -> Fault | None:
    """The first thing that is wrong; None for what can be sent."""
    if not words.subject.strip():
        return Fault("no_subject")
    if not words.text.strip():
        return Fault("no_text")
    if len(words.subject) > MOST_SUBJECT or not words.subject.isprintable():
        return Fault("long_subject", str(MOST_SUBJECT))
    if len(words.text) > MOST_TEXT or len(paragraphs(words.text)) > MOST_PARAGRAPHS:
        return Fault("long_text", str(MOST_TEXT))
    return _braces(words.subject) or _braces(words.text)


def filled(words: MailWords, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]] | None:
    """(subject, paragraphs) with their fields. A paragraph that needs what is not known is left
    out; None where nothing is left, or the subject itself needs it.
    """
    subject = _filled(words.subject, values)
    said = [_filled(one, values) for one in paragraphs(words.text)]
    kept = tuple(one for one in said if one)
    return (" ".join(subject.split()), kept) if subject and kept else None


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return [one.strip() for one in _BREAK.split(plain) if one.strip()]


def _filled(text: str, values: Mapping[str, str]) -> str | None:
    if any(not values.get(name) for name in _FIELD.findall(text)):
        return None
    # One pass: what a value says is never read as a field again.
    return _FIELD.sub(lambda found: values[found[1]], text)


def _braces(text: str) -> Fault | None:
    unknown = [name for name in _FIELD.findall(text) if name not in FIELDS]
    if unknown:
        return Fault("unknown_field", ", ".join(f"{{{one}}}" for one in dict.fromkeys(unknown)))
    rest = _FIELD.sub("", text)
    at = next((place for place, sign in enumerate(rest) if sign in "{}"), None)
    return None if at is None else Fault("stray_brace", rest[max(0, at - 20) : at + 20].strip())
