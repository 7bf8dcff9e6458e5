"""How a person of the console reads times: moments, spans, and how much of one is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from babel import dates
from msgspec import Struct

from milepost.locale.catalogue import CLDR
from milepost.pages.console.words import say

Carriers = Callable[[str, str], str]


class Times(Struct, frozen=True):
    """`now` is aware; by the engine's clock, which the demo runs faster."""

    locale: str
    now: datetime
    name_carrier: Carriers

    def text(self, key: str, **values: object) -> str:
        return say(key, self.locale, **values)

    def left(self, due: datetime | int) -> str:
        """How much time is left until then (aware, or in microseconds): `5h`, `2d`; `3h late` when
        it has passed.
        """
        due_s = due / 1_000_000 if isinstance(due, int) else due.timestamp()
        span = timedelta(seconds=due_s - self.now.timestamp())
        text = self.span(abs(span))
        return text if span >= timedelta() else self.text("worries.late", span=text)

    def span(self, value: timedelta) -> str:
        return dates.format_timedelta(
            value, threshold=1.5, format="narrow", locale=CLDR[self.locale]
        )

    def age(self, seconds: float | None) -> str:
        """A span of so many seconds; a dash where it is not known."""
        return "–" if seconds is None else self.span(timedelta(seconds=seconds))

    def ago(self, at: datetime | str | int | None) -> str:
        """`3 hr. ago`, of a time in seconds, as text or aware; empty where there is none."""
        moment = moment_of(at)
        if moment is None:
            return ""
        return dates.format_timedelta(
            moment - self.now, add_direction=True, threshold=1, format="short",
            locale=CLDR[self.locale],
        )  # fmt: skip

    def when(self, at: datetime | str | int | None, offset: str | None = None) -> str:
        """`21 Nov 14:03`, on the clock that the time itself names (UTC for a bare instant)."""
        moment = moment_of(at)
        if moment is None:
            return ""
        pattern = "d MMM HH:mm" if moment.year == self.now.year else "d MMM y HH:mm"
        if self.locale.startswith("zh"):
            pattern = "M月d日 HH:mm" if moment.year == self.now.year else "y年M月d日 HH:mm"
        return dates.format_datetime(moment, pattern, moment.tzinfo, CLDR[self.locale])

    def between(
        self, first: datetime | str | int | None, last: datetime | str | int | None,
        *, open: bool = False,  # noqa: A002 - says it best
    ) -> str:  # fmt: skip
        """`21 Nov 14:00–18:00`, `21 Nov 14:00 – 22 Nov 9:00`; `open`: the end may not have come.
        What is only a second of time is told on the clock of the other.
        """
        begins, ends = moment_of(first), moment_of(last)
        if begins is not None and ends is not None:
            if isinstance(last, int):
                ends = ends.astimezone(begins.tzinfo)
            elif isinstance(first, int):
                begins = begins.astimezone(ends.tzinfo)
        if begins is None or ends is None or begins == ends:
            return self.when(begins or ends) + (" –" if open and ends is None else "")
        if begins.date() == ends.date() and begins.utcoffset() == ends.utcoffset():
            return f"{self.when(begins)}–{ends:%H:%M}"
        return f"{self.when(begins)} – {self.when(ends)}"


def moment_of(at: datetime | str | int | None) -> datetime | None:
    """An aware time; a naive text is taken as UTC, only to be set in order."""
    if at is None or at == 0 or at == "":
        return None
    if isinstance(at, int):
        return datetime.fromtimestamp(at, UTC)
    value = datetime.fromisoformat(at) if isinstance(at, str) else at
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
