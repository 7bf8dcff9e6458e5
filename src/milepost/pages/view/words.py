"""The language of a carrier's words, as far as its script tells: for screen readers and fonts."""

from __future__ import annotations

import re

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)


def language_of(text: str) -> str | None:
    """A language tag; None for Latin script, which many languages share."""
    return next((tag for tag, script in _SCRIPTS if script.search(text)), None)
