"""The whole address as it should be written, with every proposed repair put in."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.addresses.model import Parts, Reason

# Their repair is told in words and is no value of the field.
_ONLY_SAID = frozenset({
    "phone_other_country", "postal_code_not_in_region", "postal_code_not_in_city",
    "town_elsewhere", "city_not_in_region", "district_not_in_city",
})  # fmt: skip


def repaired(parts: Parts, reasons: Sequence[Reason]) -> str | None:
    """None where there is nothing to repair."""
    told = [one for one in reasons if one.repair and one.field != "phone"]
    if not told:
        return None
    whole = next((one.repair for one in told if one.code == "district_not_in_city"), None)
    values = {one.field: one.repair for one in told if one.code not in _ONLY_SAID}
    if parts.country in ("CN", "HK", "MO", "TW") and (parts.code or "0").isdigit():
        # What was read is repaired already, but for a district of another city.
        mended = whole or values or any(one.code == "city_not_in_region" for one in told)
        return _chinese(parts, whole) if mended else None
    return _western(parts, values) if values else None


def _chinese(parts: Parts, whole: str | None) -> str:
    head = [parts.region, parts.city, parts.district]
    rest = [parts.town, parts.street, parts.rest]
    names = [whole] if whole else [one for one in head if one]
    return "".join([*dict.fromkeys(filter(None, names)), *filter(None, rest)])


def _western(parts: Parts, values: dict[str, str | None]) -> str:
    def of(name: str) -> str | None:
        return values.get(name) or getattr(parts, name)

    region = of("region")
    if "region" not in values and parts.code and not parts.code[3:].isdigit():
        region = parts.code[3:]
    place = " ".join(filter(None, (of("city"), region, of("postal_code"))))
    return ", ".join(filter(None, (parts.street, parts.rest, place, parts.country)))
