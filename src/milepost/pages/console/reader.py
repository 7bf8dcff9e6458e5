"""How a person of the console reads: texts, times, money and statuses in his language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from babel import dates, numbers
from msgspec import Struct

from milepost.locale import status_label, translate, units
from milepost.locale.catalogue import CLDR, UnknownTextError
from milepost.pages.console.words import known, say
from milepost.pages.view.tone import tone_of

HOUR_US = 3_600_000_000
# Seconds beyond this are a moment (2001), below it a span.
_EARLIEST_S = 1_000_000_000
# A figure with a unit: `3 d`.
_QUANTITY = re.compile(r"(\d+) ([a-z]+)")
# The end of a detail's name → its unit, and how much of it is one.
_UNITS = {"m": ("m", 1), "km": ("km", 1), "mc": ("°C", 1000), "mg": ("g", 1000),
          "lux": ("lx", 1), "deg": ("°", 1)}  # fmt: skip
Carriers = Callable[[str, str], str]


class ConsoleReader(Struct, frozen=True):
    """`now` is aware; by the engine's clock, which the demo runs faster."""

    locale: str
    now: datetime
    name_carrier: Carriers

    def text(self, key: str, **values: object) -> str:
        return say(key, self.locale, **values)

    def status(self, sub: str) -> str:
        return status_label(sub, self.locale)

    def tone(self, sub: str) -> str:
        return tone_of(sub)

    def carrier(self, slug: str | None) -> str:
        return self.name_carrier(slug, self.locale) if slug else ""

    def rule(self, name: str) -> str:
        """A rule in two or three words; its own name where we have none for it."""
        try:
            return translate(f"rule.{name}.name", self.locale)
        except UnknownTextError:
            return self.named("rule", name)

    def rules(self, names: Sequence[str]) -> list[str]:
        """Rules in words, each once: several may be called the same."""
        return list(dict.fromkeys(map(self.rule, names)))

    def detail(self, name: str, value: object) -> str:
        """A value of an alert's detail, by the unit that ends its name; seconds and microseconds
        are of time or of a span.
        """
        if name in ("missing", "sub", "side", "parts", "reasons", "checked"):
            return self._words(name, str(value))
        if not isinstance(value, int | float):
            return str(value)
        if name.endswith("_us"):
            name, value = f"{name[:-3]}_s", value / 1_000_000
        if name.endswith("_s"):
            return self.when(int(value)) if value > _EARLIEST_S else self.age(value)
        if name.endswith("_h"):
            return self.age(value * 3_600)
        if name.endswith("_pm"):
            return self.share(round(value))
        unit, size = _UNITS.get(name.rpartition("_")[2], ("", 1))
        number = numbers.format_decimal(round(value / size, 1), locale=CLDR[self.locale])
        return f"{number} {unit}".rstrip()

    def _words(self, name: str, value: str) -> str:
        if name == "sub":
            return self.status(value)
        return ", ".join(self.named(f"detail_{name}", one) for one in value.split(", "))

    def units(self, text: str) -> str:
        """`3 d` with its unit in words."""
        return _QUANTITY.sub(self._quantity, text)

    def _quantity(self, found: re.Match[str]) -> str:
        number, unit = found.groups()
        if not known(f"unit_of.{unit}"):
            return found[0]
        return self.text(f"unit_of.{unit}", n=number)

    def named(self, kind: str, name: str | None) -> str:
        """`name` in words: the text `kind.name`, else the name itself made readable."""
        key = f"{kind}.{name}"
        if name and known(key):
            return self.text(key)
        plain = (name or "").removesuffix("_s").replace("_", " ").replace(".", ": ")
        return plain[:1].upper() + plain[1:]

    def money(self, minor: int | None, currency: str | None) -> str:
        """An amount in minor units of an ISO 4217 currency."""
        if minor is None or not currency:
            return ""
        value = minor / 10 ** numbers.get_currency_precision(currency)
        digits = value == int(value)
        text = numbers.format_currency(
            value, currency, locale=CLDR[self.locale], currency_digits=not digits,
            format="¤#,##0" if digits else None,
        )  # fmt: skip
        return str(text)

    def count(self, value: int) -> str:
        return numbers.format_decimal(value, locale=CLDR[self.locale])

    def share(self, per_mille: int | None) -> str:
        """So many of 1,000 as per cent; a dash where it is not known."""
        if per_mille is None:
            return "–"
        digits = "0.#%" if 0 < per_mille < 100 or per_mille > 950 else "0%"
        return numbers.format_percent(per_mille / 1000, digits, locale=CLDR[self.locale])

    def place(self, value: Mapping[str, Any] | str | None) -> str:
        """A place as the API gives it, or its label; what it says twice is said once."""
        if isinstance(value, Mapping):
            parts = [value.get(one) for one in ("facility", "city", "region", "country")]
            label = value.get("name") or ", ".join(str(one) for one in parts if one)
        else:
            label = value or ""
        return ", ".join(dict.fromkeys(str(label).split(", ")))

    def left(self, due_us: int) -> str:
        """How much time is left: `5h`, `2d`; `3h late` when it has passed."""
        span = timedelta(microseconds=due_us) - timedelta(seconds=self.now.timestamp())
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
        """`21 Nov 14:00–18:00`, `21 Nov 14:00 – 22 Nov 9:00`; `open`: the end may not have come."""
        begins, ends = moment_of(first), moment_of(last)
        if begins is None or ends is None or begins == ends:
            return self.when(begins or ends) + (" –" if open and ends is None else "")
        if begins.date() == ends.date():
            return f"{self.when(begins)}–{ends:%H:%M}"
        return f"{self.when(begins)} – {self.when(ends)}"

    def measured(self, name: str, value: object) -> str:
        """What a device measured: weights and warmth in their usual unit, all else as it came."""
        if name == "weight_g" and isinstance(value, int | float):
            shown = units.mass(value, self.locale, units.system_of(None))
            return f"{self.text('measure.weight')}: {shown}"
        if name == "temperature_c" and isinstance(value, int | float):
            shown = units.temperature(value, self.locale, units.system_of(None))
            return f"{self.text('measure.temperature')}: {shown}"
        if name == "humidity_pct" and isinstance(value, int | float):
            return f"{self.text('measure.humidity')}: {self.share(round(value * 10))}"
        return f"{self.named('measure', name)}: {value}"


def moment_of(at: datetime | str | int | None) -> datetime | None:
    """An aware time; a naive text is taken as UTC, only to be set in order."""
    if at is None or at == 0 or at == "":
        return None
    if isinstance(at, int):
        return datetime.fromtimestamp(at, UTC)
    value = datetime.fromisoformat(at) if isinstance(at, str) else at
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
