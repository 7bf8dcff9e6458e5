"""What readers call the values of a dimension, and figures as they are written."""

from __future__ import annotations

from datetime import date

from babel import dates, numbers, units

from milepost.locale.catalogue import CLDR
from milepost.pages.console.reader import ConsoleReader

_SEASONS = {"Dec-Feb": (12, 2), "Mar-May": (3, 5), "Jun-Aug": (6, 8), "Sep-Nov": (9, 11)}
_COUNTRIES = ("country", "origin", "destination")
# Shorter spans are told in hours.
_DAYS_FROM_H = 36.0


class Names:
    """In the language of one reader."""

    def __init__(self, reader: ConsoleReader) -> None:
        self._reader = reader
        self._cldr = CLDR[reader.locale]

    def group(self, by: list[str], row: dict[str, object]) -> str:
        """A row's group in words; facility after facility with an arrow."""
        arrow = " ← " if self._cldr.text_direction == "rtl" else " → "
        joint = arrow if "next_facility" in by else " · "
        return joint.join(self.value(name, str(row[name])) for name in by)

    def value(self, dimension: str, value: str) -> str:
        reader = self._reader
        if value in {"unknown", "not stated", "none", "all", "?"}:
            return reader.text(f"value.{value.replace(' ', '_').replace('?', 'unknown')}")
        if dimension in {"carrier", "last_carrier"}:
            return reader.carrier(value)
        if dimension == "code":
            return reader.status(value)
        if dimension == "category":
            return reader.named("category", value)
        if dimension == "lane":
            origin, _, goal = value.partition("-")
            return f"{self._country(origin)} – {self._country(goal)}"
        if dimension in _COUNTRIES:
            return self._country(value)
        try:
            return self._time(dimension, value)
        except ValueError:  # an address may say anything
            return value

    def _country(self, code: str) -> str:
        if code in {"?", "unknown"}:
            return self._reader.text("value.unknown")
        return str(self._cldr.territories.get(code, code))

    def _time(self, dimension: str, value: str) -> str:
        if dimension == "season" and value in _SEASONS:
            names = self._cldr.months["stand-alone"]["abbreviated"]
            return "–".join(names[month] for month in _SEASONS[value])
        if dimension == "month":
            return str(dates.format_skeleton("yMMM", date.fromisoformat(f"{value}-01"),
                                             locale=self._cldr))  # fmt: skip
        if dimension == "day":
            return str(dates.format_skeleton("MMMd", date.fromisoformat(value),
                                             locale=self._cldr))  # fmt: skip
        if dimension == "week":
            year, _, week = value.partition("-W")
            monday = date.fromisocalendar(int(year), int(week), 1)
            return str(dates.format_skeleton("MMMd", monday, locale=self._cldr))
        if dimension == "weight":
            return value.replace("to ", "≤ ").replace("over ", "> ")
        return value

    def span(self, hours: float | None) -> str:
        """`7.4 h`, `3.1 d`; a dash where it is not known."""
        if hours is None:
            return "–"
        days = abs(hours) >= _DAYS_FROM_H
        value = hours / 24 if days else hours
        digits = "#,##0" if abs(value) >= 20 or value == int(value) else "#,##0.#"
        unit = "duration-day" if days else "duration-hour"
        narrow = str(units.format_unit(value, unit, "narrow", format=digits, locale=self._cldr))
        # Some languages have no narrow form of some units.
        if unit not in narrow:
            return narrow
        return str(units.format_unit(value, unit, "short", format=digits, locale=self._cldr))

    def share(self, value: float | None) -> str:
        if value is None:
            return "–"
        digits = "#,##0%" if value >= 0.1 else "#,##0.#%"
        return str(numbers.format_percent(value, format=digits, locale=self._cldr))

    def number(self, value: float | None) -> str:
        if value is None:
            return "–"
        digits = "#,##0" if value == int(value) else "#,##0.##"
        return str(numbers.format_decimal(value, format=digits, locale=self._cldr))
