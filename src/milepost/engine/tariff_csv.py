"""Tariffs from a CSV: one row a weight step; steps of one zone and zones of one service together.

Columns: carrier, service, currency, zone, up_to_g, price; and maybe mode, origins, destinations
(areas parted by blanks), per_kg, divisor_cm3_per_kg, and surcharges as columns `surcharge:NAME`
with "12.5%", "3.00" or "0.50/kg". Prices are in the currency's main unit ("12.50").
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from milepost.engine.tariff import Tariff

_NEEDED = ("carrier", "service", "currency", "up_to_g", "price")
_SURCHARGE = "surcharge:"
# ISO 4217 currencies without a minor unit in use.
_WHOLE = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "HUF", "TWD", "IDR"})


def tariffs_of(text: str) -> list[Tariff]:
    """Raises ValueError that names the line and what is wrong with it."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise ValueError(f"the columns {', '.join(missing)} are missing")
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in reader:
        try:
            _take(found, {key: (value or "").strip() for key, value in row.items() if key})
        except (ValueError, InvalidOperation, TypeError) as error:
            raise ValueError(f"line {reader.line_num}: {_words(error)}") from None
    try:
        return msgspec.convert([_whole(one) for one in found.values()], list[Tariff])
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


def _words(error: Exception) -> str:
    return "a price is no number" if isinstance(error, InvalidOperation) else str(error)


def _take(found: dict[tuple[str, str], dict[str, Any]], row: Mapping[str, str]) -> None:
    key = row["carrier"], row["service"]
    if not all(key):
        raise ValueError("carrier and service must not be empty")
    tariff = found.setdefault(key, _empty(row))
    if row["currency"] != tariff["currency"]:
        raise ValueError("a service has one currency")
    name = row.get("zone") or "everywhere"
    zone = tariff["zones"].setdefault(name, {"name": name, "steps": []})
    for column in ("origins", "destinations"):
        if row.get(column):
            zone[column] = row[column].replace(",", " ").split()
    zone["steps"].append(
        {
            "up_to_g": int(row["up_to_g"]),
            "price_minor": _minor(row["price"], row["currency"]),
            "per_kg_minor": _minor(row.get("per_kg") or "0", row["currency"]),
        }
    )
    for column, value in row.items():
        if column.startswith(_SURCHARGE) and value:
            name = column.removeprefix(_SURCHARGE)
            tariff["surcharges"][name] = {"name": name, **_surcharge(value, row["currency"])}


def _empty(row: Mapping[str, str]) -> dict[str, Any]:
    started: dict[str, Any] = {
        name: row[name] for name in ("carrier", "service", "currency", "mode") if row.get(name)
    }
    if row.get("divisor_cm3_per_kg"):
        started["divisor_cm3_per_kg"] = int(row["divisor_cm3_per_kg"])
    return started | {"zones": {}, "surcharges": {}}


def _whole(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **one,
        "zones": list(one["zones"].values()),
        "surcharges": list(one["surcharges"].values()),
    }


def decimals(currency: str) -> int:
    """How many decimals a price of this currency has here."""
    return 0 if currency in _WHOLE else 2


def _minor(text: str, currency: str) -> int:
    value = Decimal(text) * 10 ** decimals(currency)
    if value != value.to_integral_value():
        raise ValueError(f"{text} {currency} is finer than the currency")
    return int(value)


def _surcharge(text: str, currency: str) -> dict[str, int]:
    if text.endswith("%"):
        return {"percent_pm": int(Decimal(text[:-1]) * 10)}
    if text.endswith("/kg"):
        return {"per_kg_minor": _minor(text[:-3], currency)}
    return {"fixed_minor": _minor(text, currency)}
