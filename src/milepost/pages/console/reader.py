"""How a person of the console reads: texts, money, places and statuses in his language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from babel import numbers
from babel.units import format_unit
from msgspec import convert

from milepost.domain.care import is_passed
from milepost.domain.place import Place
from milepost.locale import status_label, translate, units
from milepost.locale.catalogue import CLDR, UnknownTextError
from milepost.pages.console.times import Times
from milepost.pages.console.words import known
from milepost.pages.view.reader import Reader
from milepost.pages.view.tone import tone_of

HOUR_US = 3_600_000_000
# A figure with a unit: `3 d`.
_QUANTITY = re.compile(r"([\d.,]+) ([a-z]+|%)")
# The end of a detail's name → its unit, and how much of it is one.
_UNITS = {"m": ("m", 1), "km": ("km", 1), "mc": ("°C", 1000), "mg": ("g", 1000),
          "lux": ("lx", 1), "deg": ("°", 1)}  # fmt: skip


class ConsoleReader(Times, frozen=True):
    """Beside times: statuses, names, figures and places."""

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

    def detail(self, name: str, value: object, zone: tzinfo | None = None) -> str:
        """A value of an alert's detail, by the unit that ends its name; times by `zone`'s clock."""
        if name in ("missing", "sub", "side", "parts", "reasons", "checked"):
            return self._words(name, str(value))
        if isinstance(value, str) and (name.endswith("_at") or name == "since"):
            return self.when(datetime.fromisoformat(value).astimezone(zone or UTC))
        if not isinstance(value, int | float):
            return str(value)
        if name.endswith("_s"):
            return self.age(value)
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
        if unit == "%":
            return self.share(round(float(number.replace(",", "")) * 10))
        if unit == "m":
            metres = int(number.replace(",", ""))
            return format_unit(metres, "length-meter", "short", locale=CLDR[self.locale])
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
        if CLDR[self.locale].text_direction == "rtl":
            # Sign and figures keep the order of the pattern, whatever stands around them.
            return f"\N{LEFT-TO-RIGHT ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
        return str(text)

    def count(self, value: int) -> str:
        return numbers.format_decimal(value, locale=CLDR[self.locale])

    def figure(self, value: float, digits: int = 1) -> str:
        """A measured number with so many decimals at the most."""
        return numbers.format_decimal(round(value, digits), locale=CLDR[self.locale])

    def share(self, per_mille: int | None) -> str:
        """So many of 1,000 as per cent; a dash where it is not known."""
        if per_mille is None:
            return "–"
        digits = "0.#%" if 0 < per_mille < 100 or per_mille > 950 else "0%"
        return numbers.format_percent(per_mille / 1000, digits, locale=CLDR[self.locale])

    def country(self, code: str | None) -> str:
        """A country by its ISO 3166-1 code; the code itself where it is none."""
        return str(CLDR[self.locale].territories.get(code or "", code or ""))

    def place(self, value: Place | Mapping[str, Any] | str | None) -> str:
        """A place as the buyer's pages say it; of a mere label, what it says twice once."""
        if isinstance(value, Mapping):
            value = convert(value, Place)
        if isinstance(value, Place):
            return Reader(self.locale, self.now, self.name_carrier).place(value) or ""
        label = value or ""
        return ", ".join(dict.fromkeys(str(label).split(", ")))

    def evidence(self, reference: str) -> str | None:
        """A check that was made, `packing:ok`, in words; None for any other reference."""
        name, _, result = reference.partition(":")
        if not result or not known(f"care_check.{name}"):
            return None
        state = self.text("shipment.passed" if is_passed(result) else "shipment.not_passed")
        return f"{self.named('care_check', name)}: {state}"

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
