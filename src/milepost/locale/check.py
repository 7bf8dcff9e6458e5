"""What is wrong with the catalogues: for `milepost check`."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator

from milepost.domain.status import MAINS, STATUSES
from milepost.locale.catalogue import CATALOGUES, CLDR, DEFAULT, LOCALES, Message

_WORD = re.compile(r"[^\W\d_]{3,}")
_WORDS_OF_A_SENTENCE = 3
# What stands between two sentences: nothing, in some scripts.
_MAY_BE_EMPTY = {"arrival.sentences"}


def problems(rules: Iterable[str] = ()) -> list[str]:
    """One sentence for each text that is missing, empty, left in English or at odds with the
    other languages.

    `rules` are the names of all findings that a judge may make: each needs its three texts.
    """
    needed = {*CATALOGUES[DEFAULT], *_needed(rules)}
    return [text for name in LOCALES for text in _of_one(name, needed)]


def _needed(rules: Iterable[str]) -> Iterator[str]:
    yield from (f"main.{main}" for main in MAINS)
    yield from (f"status.{sub}" for sub in STATUSES)
    for rule in rules:
        yield from (f"rule.{rule}.name", f"rule.{rule}.what", f"rule.{rule}.do")


def _of_one(name: str, needed: set[str]) -> Iterator[str]:
    rows = CATALOGUES[name]
    yield from (f"{name}.toml: {key} is missing" for key in sorted(needed - set(rows)))
    yield from (f"{name}.toml: {key} is in no other" for key in sorted(set(rows) - needed))
    for key, message in rows.items():
        if message != "" or key not in _MAY_BE_EMPTY:
            original = CATALOGUES[DEFAULT].get(key)
            found = faults_of(name, message, original)
            yield from (f"{name}.toml: {key} {text}" for text in found)


def faults_of(name: str, message: Message, original: Message | None) -> Iterator[str]:
    """What is wrong with one text of the locale `name`, beside the `original` in English."""
    forms = message if isinstance(message, dict) else {"": message}
    if isinstance(message, dict) and set(message) != CLDR[name].plural_form.tags | {"other"}:
        yield f"needs the plural forms {sorted(CLDR[name].plural_form.tags | {'other'})}"
    if any(not isinstance(text, str) or not text for text in forms.values()):
        yield "is empty"
        return
    if name != DEFAULT and message == original and _is_sentence(message):
        yield "is not translated"
    if original is not None and fields(message) != fields(original):
        yield f"has the fields {sorted(fields(message))}, not {sorted(fields(original))}"


def fields(message: Message) -> set[str]:
    """The names of the `{names}` that a text has in any of its forms, `n` left out:
    a form for one may well say it in words.
    """
    forms = message.values() if isinstance(message, dict) else [message]
    found = {name for text in forms for _, name, _, _ in string.Formatter().parse(text) if name}
    return found - {"n"} if isinstance(message, dict) else found


def _is_sentence(message: Message) -> bool:
    """Single words and patterns may well be the same in two languages; sentences are not."""
    text = message if isinstance(message, str) else " ".join(message.values())
    words = _WORD.findall(re.sub(r"\{\w+\}", " ", text))
    return len(words) >= _WORDS_OF_A_SENTENCE
