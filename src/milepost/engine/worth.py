"""What goods are worth, and how much sooner that makes them somebody's turn."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from math import log2

from babel.numbers import get_currency_precision

from milepost.domain.scan import Facts

HOUR_US = 3_600_000_000
# Each doubling of what the goods are worth counts as much as so many hours less to wait.
HOURS_A_DOUBLING = 6


def worth_of(facts: Iterable[Facts]) -> tuple[int | None, str | None]:
    """The newest declared value in minor units, and its currency."""
    told = [(one.declared_value_minor, one.currency) for one in facts if one.declared_value_minor]
    return told[-1] if told else (None, None)


def weight_us(value: int | None, currency: str | None) -> int:
    """How far goods of a worth are moved ahead. `value` is in minor units, of which CLDR knows how
    many a currency has; amounts are compared by the magnitude of their currency.
    """
    if not value or not currency:
        return 0
    units = value / 10 ** get_currency_precision(currency) / 2.0 ** _halvings().get(currency, 0)
    return int(log2(1 + units) * HOURS_A_DOUBLING * HOUR_US)


@cache
def _halvings() -> dict[str, int]:
    text = (files(__package__) / "worth.toml").read_text("utf-8")
    return dict(tomllib.loads(text)["halvings"])
