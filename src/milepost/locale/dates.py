"""Dates, times, odds and countries as a reader writes them (CLDR through Babel).

`day` values are dates in whatever zone they were given; nothing here converts a zone.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import cache

from babel import Locale, UnknownLocaleError, dates, numbers

from milepost.locale.catalogue import CLDR, translate


def weekday(day: date, locale: str, today: date) -> str:
    """`Wednesday 25 Nov`, with the year where it is not this one."""
    return _pattern("weekday" if day.year == today.year else "weekday_year", day, locale)


def weekday_short(day: date, locale: str, today: date) -> str:
    """`Wed 25 Nov`, with the year in place of the weekday where it is not this one."""
    return _pattern("weekday_short" if day.year == today.year else "day_year", day, locale)


def weekday_day(day: date, locale: str) -> str:
    """`Wed 25`, for where the month is said beside it."""
    return _pattern("weekday_day", day, locale)


def month_first(locale: str) -> bool:
    """Whether the month stands before the day."""
    return translate("format.day", locale).startswith("M")


def short(day: date, locale: str, today: date) -> str:
    """`25 Nov`, with the year where it is not this one."""
    return _pattern("day" if day.year == today.year else "day_year", day, locale)


def clock(value: time, locale: str, region: str | None = None) -> str:
    """`14:03`, or `2:03 pm` where the region (ISO 3166-1) counts to twelve."""
    name = "clock_12" if counts_to_twelve(locale, region) else "clock"
    return dates.format_time(value, translate(f"format.{name}", locale), locale=CLDR[locale])


def hours(first: int, last: int, locale: str, region: str | None = None) -> str | None:
    """Whole hours (0 to 24) where they are counted to twelve, `2–6 pm`; elsewhere None: the
    catalogue has its own words for `14–18 h`.
    """
    if not counts_to_twelve(locale, region):
        return None
    whole = translate("format.hour_12", locale)
    bare = re.sub(r"a+\s*|\s*a+$", "", whole)
    same = first // 12 == last // 12
    leads = whole.startswith("a")
    patterns = (bare if same and not leads else whole, bare if same and leads else whole)
    return "–".join(
        dates.format_time(time(hour % 24), pattern, locale=CLDR[locale])
        for hour, pattern in zip((first, last), patterns, strict=True)
    )


def counts_to_twelve(locale: str, region: str | None = None) -> bool:
    """Whether clocks there have am and pm, by CLDR."""
    return "h" in str(_cldr(locale, region).time_formats["short"].pattern).split("'")[0]


@cache
def _cldr(locale: str, region: str | None) -> Locale:
    """CLDR's data of the language in the region; of the language where it has none of both."""
    usual = CLDR[locale]
    if region is None or region == usual.territory:
        return usual
    try:
        return Locale(usual.language, region, script=usual.script)
    except (UnknownLocaleError, ValueError):
        return usual


def ago(span: timedelta, locale: str) -> str:
    """`3 hours ago`."""
    return dates.format_timedelta(-span, add_direction=True, threshold=1, locale=CLDR[locale])


def percent(odds: float, locale: str) -> str:
    """`85%`; odds are 0 to 1."""
    return numbers.format_percent(round(odds, 2), locale=CLDR[locale])


def country(code: str, locale: str) -> str:
    """The country's name; the code itself where CLDR has none."""
    return str(CLDR[locale].territories.get(code.upper(), code))


def language(tag: str, locale: str) -> str:
    """A language's name, as a title: `Chinese`; the tag itself where CLDR has none."""
    name = str(CLDR[locale].languages.get(tag, tag))
    return name[:1].upper() + name[1:]


def city_of(zone: str, locale: str) -> str:
    """The exemplar city of an IANA zone: `Berlin` for `Europe/Berlin`."""
    return dates.get_timezone_location(zone, locale=CLDR[locale], return_city=True)


def month(day: date, locale: str) -> str:
    """`November 2026`."""
    name = dates.format_skeleton("yMMMM", day, locale=CLDR[locale])
    return name[:1].upper() + name[1:]


def first_week_day(locale: str) -> int:
    """The day with which a week begins, 0 is Monday."""
    return CLDR[locale].first_week_day


def weekdays(start: int, locale: str) -> list[tuple[str, str]]:
    """(short, whole) names of the seven days, from that one on."""
    short, whole = (
        dates.get_day_names(width, "stand-alone", CLDR[locale]) for width in ("short", "wide")
    )
    order = [(start + step) % 7 for step in range(7)]
    return [(short[day], whole[day]) for day in order]


def _pattern(name: str, day: date, locale: str) -> str:
    value = day.date() if isinstance(day, datetime) else day
    return dates.format_date(value, translate(f"format.{name}", locale), locale=CLDR[locale])
