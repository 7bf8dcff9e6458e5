"""Liability in the words of a language: reasons, flaws, times and figures by CLDR. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from babel import dates, numbers
from msgspec import Struct

from milepost.custody import Flaw, Holding, Reason, Share
from milepost.locale import translate
from milepost.locale.catalogue import CLDR, UnknownTextError
from milepost.locale.papers import say

# Flaws that say all with their kind.
_NO_VALUES = {"after_delivery", "unproven_start", "unproven_end"}
NameCarrier = Callable[[str, str], str]


class Wording(Struct, frozen=True):
    """`locale`: one of `papers.languages()`. `name_carrier` takes (slug, locale)."""

    locale: str
    name_carrier: NameCarrier

    def text(self, key: str, **values: Any) -> str:
        return say(key, self.locale, **values)

    def number(self, value: float) -> str:
        return _printable(numbers.format_decimal(value, locale=CLDR[self.locale]))

    def odds(self, per_mille: int) -> str:
        # Where the sign stands, and whether a blank is before it, is the locale's own.
        pattern = CLDR[self.locale].percent_formats[None].pattern.replace("##0", "##0.0")
        told = numbers.format_percent(per_mille / 1000, pattern, locale=CLDR[self.locale])
        return _printable(told)

    def time(self, at: datetime) -> str:
        told = dates.format_datetime(at, "medium", tzinfo=UTC, locale=CLDR[self.locale])
        return self.text("utc", when=_printable(told))

    def until(self, at: datetime | None) -> str:
        return self.time(at) if at is not None else self.text("still")

    def rule(self, name: str) -> str:
        """A finding in two or three words; its own name where there are none for it."""
        try:
            return translate(f"rule.{name}.name", self.locale)
        except UnknownTextError:
            return name.replace("_", " ")

    def source(self, name: str) -> str:
        """Whose sensor it was; the names of assets are their own."""
        known = {"scans": "by.scans", "its sensor": "by.its_sensor"}.get(name)
        return self.text(known) if known else name

    def holder(self, one: Holding | Share, place: str | None = None) -> str:
        """The carrier by its name, then where; as the record calls it where no carrier is known."""
        if one.carrier is None:
            return one.holder
        return " · ".join(filter(None, (self.name_carrier(one.carrier, self.locale), place)))

    def reason(self, one: Reason) -> str:
        hours, source = self.number(one.hours), self.source(one.source)
        if one.kind == "handled":
            return self.text("reason.handled", n=one.times)
        if one.kind == "sensed":
            return self.text("reason.sensed", rule=self.rule(one.rule), source=source)
        return self.text(f"reason.{one.kind}", hours=hours)

    def reasons(self, one: Share) -> str:
        return self.text("joined").join(map(self.reason, one.reasons))

    def flaw(self, one: Flaw) -> str:
        """As the record has it where it was kept without its values."""
        if not one.values and one.kind not in _NO_VALUES:
            return one.text
        try:
            values = {
                name: value if name == "n" or isinstance(value, str) else self.number(value)
                for name, value in one.values.items()
            }
            return self.text(f"flaws.{one.kind}", **values)
        except (UnknownTextError, KeyError):
            return one.text


def _printable(text: str) -> str:
    """Type faces of papers have no narrow no-break space."""
    return text.replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")
