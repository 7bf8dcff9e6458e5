"""`/console/recommend`: which carrier and service for an order, and what each carrier charges."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale
from starlette.responses import Response

from milepost.locale import units
from milepost.locale.catalogue import CLDR
from milepost.pages.console.filters import Filters
from milepost.pages.console.visit import Visit

HOME = "/console/recommend"
PREFERENCES = ("balanced", "cheap", "fast", "reliable", "green")
CATEGORIES = ("fragile", "cold_chain", "high_value", "cross_border", "bulky")
MOST_TARIFFS = 8 * 1024 * 1024
_ENDS = ("from_city", "from_postal", "from_country", "to_city", "to_postal", "to_country")
_FIELDS = (*_ENDS, "weight_kg", "volume_l", "category", "value", "currency", "days", "prefer")
_PLACE = {"city": "city", "postal": "postal_code", "country": "country"}
# The form's units → the API's.
_SCALES = {"weight_kg": ("weight_g", 1_000), "volume_l": ("volume_cm3", 1_000),
           "days": ("within_h", 24)}  # fmt: skip


async def show(visit: Visit) -> Response:
    """The form; with an order in the address, the options too."""
    given = Filters(HOME, visit.request.query_params, _FIELDS)
    tariffs = await visit.call("GET", "/v1/tariffs")
    order, fault = order_of(given)
    options: list[dict[str, Any]] | None = None
    if order is not None:
        body = {"order": order, "prefer": _preference(given)}
        answer = await visit.call("POST", "/v1/recommendations", body=body)
        options, fault = (answer.body["options"], None) if answer.ok else (None, visit.why(answer))
    elif fault is not None:
        fault = visit.reader.text(fault)
    return visit.page(
        "recommend.html", 422 if fault else 200, given=given, fault=fault,
        options=_shown(visit, options, given), tariffs=tariffs.body["tariffs"],
        preferences=PREFERENCES, categories=CATEGORIES, countries=countries(visit.reader.locale),
    )  # fmt: skip


async def save_tariffs(visit: Visit) -> Response:
    """All tariffs at once, from a CSV; a faulty line changes nothing and is named."""
    file = visit.form.files.get("file")
    if file is None or not file[1]:
        return visit.back(f"{HOME}#tariffs", visit.reader.text("recommend.no_file"))
    before = await visit.call("GET", "/v1/tariffs")
    answer = await visit.call("PUT", "/v1/tariffs", raw=("text/csv", file[1]))
    if not answer.ok:
        return visit.back(f"{HOME}#tariffs", visit.why(answer))
    count = len(answer.body["tariffs"])
    await visit.note(
        "tariffs_set", f"tariffs {file[0][:100]}", {"tariffs": len(before.body["tariffs"])},
        {"tariffs": count},
    )  # fmt: skip
    return visit.back(f"{HOME}#tariffs", visit.reader.text("recommend.saved", n=count))


def order_of(given: Filters) -> tuple[dict[str, Any] | None, str | None]:
    """(the API's order, the key of what is missing or wrong); neither for an empty form."""
    if not any(given.get(name) for name in (*_ENDS, "weight_kg")):
        return None, None
    places = {"origin": _place(given, "from"), "destination": _place(given, "to")}
    if not all(places.values()):
        return None, "recommend.no_place"
    if not given.get("weight_kg"):
        return None, "recommend.no_weight"
    order: dict[str, Any] = dict(places)
    for name, (ours, scale) in _SCALES.items():
        if given.get(name):
            number = _number(given.get(name))
            if number is None or number <= 0:
                return None, f"recommend.bad_{name}"
            order[ours] = number * scale if ours == "within_h" else max(1, round(number * scale))
    if given.get("category") in CATEGORIES:
        order["category"] = given.get("category")
    return order, None


def _place(given: Filters, end: str) -> dict[str, str]:
    parts = {ours: given.get(f"{end}_{name}") for name, ours in _PLACE.items()}
    return {name: value for name, value in parts.items() if value}


def _number(text: str) -> float | None:
    """A figure as people type it, with a point or a comma."""
    try:
        found = float(text.replace(",", ".").replace("_", "x"))
    except ValueError:
        return None
    return found if 0 <= found < 1e6 else None


def _preference(given: Filters) -> str:
    return given.get("prefer") if given.get("prefer") in PREFERENCES else PREFERENCES[0]


def _shown(
    visit: Visit, options: list[dict[str, Any]] | None, given: Filters
) -> list[dict[str, Any]] | None:
    """The options with what is worked out for a reader: texts of reasons, losses to expect."""
    if options is None:
        return None
    locale = visit.reader.locale
    system = units.system_of(None)
    return [
        one | {
            "why": [why["text"].get(locale) or why["text"].get("en", why["code"])
                    for why in one["reasons"]],
            "loss_minor": _loss(one, given),
            "carbon": None if one["carbon_g"] is None
            else units.mass(one["carbon_g"], locale, system),
            "charged": units.weight(one["charged_g"], locale, system),
        }
        for one in options
    ]  # fmt: skip


def _loss(option: Mapping[str, Any], given: Filters) -> int | None:
    """What damage costs on the average: the declared value times how often goods were damaged."""
    value = _number(given.get("value")) if given.get("value") else None
    if value is None or option["damaged_pm"] is None:
        return None
    if (given.get("currency") or option["currency"]).upper() != option["currency"]:
        return None
    return round(value * 100 * int(option["damaged_pm"]) / 1000)


@cache
def countries(locale: str) -> list[tuple[str, str]]:
    """(ISO 3166 code, name) in the order of the names."""
    names = Locale.parse(CLDR[locale]).territories
    found = [(code, str(name)) for code, name in names.items()
             if len(code) == 2 and code.isalpha() and code not in _NONE]  # fmt: skip
    return sorted(found, key=lambda one: one[1].casefold())


# What CLDR names and nobody sends anything to.
_NONE = {"ZZ", "XA", "XB", "EU", "EZ", "UN", "QO"}
