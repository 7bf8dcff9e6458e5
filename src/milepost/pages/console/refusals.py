"""What the native API and the reader of files refuse, said in the reader's language."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files

from milepost.pages.console.reader import ConsoleReader

MOST_REASONS = 5

_TABLE = "refusals.toml"


@cache
def _said() -> tuple[tuple[re.Pattern[str], str], ...]:
    text = (files(__package__) / _TABLE).read_text("utf-8")
    rows = tomllib.loads(text)["said"]
    return tuple((re.compile(row["pattern"], re.DOTALL), row["text"]) for row in rows)


def in_words(why: str, reader: ConsoleReader) -> str:
    """The text of `refusal.*` that says it, with its values; what no line of the table knows stays
    as it was said.
    """
    for pattern, key in _said():
        if found := pattern.fullmatch(why):
            values = found.groupdict()
            if field := values.get("field"):
                values["field"] = reader.named("meaning", field)
            return reader.text(f"refusal.{key}", **values)
    return why


def file_in_words(text: str, reader: ConsoleReader) -> str:
    """A CSV of refused rows, the reason in its last column, with the reasons in words."""
    rows = list(csv.reader(io.StringIO(text)))
    if not rows:
        return text
    told = [[*row[:-1], in_words(row[-1], reader)] for row in rows[1:] if row]
    written = io.StringIO()
    head = [*rows[0][:-1], reader.text("refusal.because")]
    csv.writer(written).writerows([head, *told])
    return written.getvalue()


def reasons_of(text: str, reader: ConsoleReader) -> list[tuple[str, int]]:
    """Why most rows of such a file were refused, and how many for each reason."""
    rows = list(csv.reader(io.StringIO(text)))[1:]
    counted = Counter(row[-1] for row in rows if row)
    return [(in_words(why, reader), n) for why, n in counted.most_common(MOST_REASONS)]
