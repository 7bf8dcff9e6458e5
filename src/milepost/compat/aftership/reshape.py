"""Changes between versions that are more than a new name: down to the older form, up to the newer.

Both change the object they are given. `up` reads what a client of the older version sends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Shape = dict[str, Any]
_ADDITIONAL = {
    "tracking_origin_country_region": "origin_country_region",
    "tracking_destination_country_region": "destination_country_region",
    "tracking_postal_code": "destination_postal_code",
    "tracking_state": "destination_state",
}
_LAST_MILE = ("slug", "tracking_number", "source", "courier_tracking_link", "courier_redirect_link")


def _promised_date_down(one: Shape) -> None:
    promised = one.get("order_promised_delivery_date") or {}
    name = "promised_delivery_date"
    one["order_promised_delivery_date"] = promised.get(name) or promised.get(f"{name}_max")


def _promised_date_up(one: Shape) -> None:
    text = one.get("order_promised_delivery_date")
    if isinstance(text, str):
        one["order_promised_delivery_date"] = {"promised_delivery_date": text}


def _custom_fields_down(one: Shape) -> None:
    if one.get("custom_fields") is None:
        one["custom_fields"] = {}


def _additional_fields_down(one: Shape) -> None:
    for old, new in _ADDITIONAL.items():
        one[old] = one.get(new)


def _additional_fields_up(one: Shape) -> None:
    for old, new in _ADDITIONAL.items():
        if (value := one.pop(old, None)) is not None:
            one.setdefault(new, value)


def _courier_fields_down(one: Shape) -> None:
    older = {new: old for old, new in _ADDITIONAL.items()}
    for name in ("required_fields", "optional_fields"):
        one[name] = [older.get(field, field) for field in one[name]]


def _customers_down(one: Shape) -> None:
    customers = one.pop("customers", None) or []
    for old, new in (("emails", "email"), ("smses", "phone_number")):
        one[old] = [customer[new] for customer in customers if customer.get(new)]
    names = [customer["name"] for customer in customers if customer.get("name")]
    one["customer_name"] = names[0] if names else None


def _customers_up(one: Shape) -> None:
    if not {"emails", "smses", "customer_name"} & one.keys():
        return
    emails, phones = _texts(one.pop("emails", None)), _texts(one.pop("smses", None))
    name = one.pop("customer_name", None)
    customers: list[Shape] = [{"email": email} for email in emails]
    customers += [{"phone_number": phone} for phone in phones]
    if name:
        customers = customers or [{}]
        customers[0]["name"] = name
    one["customers"] = customers


def _texts(given: Any) -> list[Any]:
    if isinstance(given, str):
        return [given]
    return list(given) if isinstance(given, list) else []


def _last_mile_down(one: Shape) -> None:
    last = one.pop("last_mile", None)
    one["next_couriers"] = [{name: last.get(name) for name in _LAST_MILE}] if last else []


def _last_mile_up(one: Shape) -> None:
    couriers = one.pop("next_couriers", None)
    if isinstance(couriers, list) and couriers:
        one["last_mile"] = couriers[0]


def _last_updated_at_down(one: Shape) -> None:
    one["last_updated_at"] = one.get("updated_at")


def _expected_delivery_down(one: Shape) -> None:
    estimate = one.pop("courier_estimated_delivery_date", None) or {}
    one["expected_delivery"] = estimate.get("estimated_delivery_date")


def _shipment_weight_down(one: Shape) -> None:
    weight = one.get("shipment_weight") or {}
    one["shipment_weight"] = weight.get("value")
    one["shipment_weight_unit"] = weight.get("unit")


def _coordinates_down(one: Shape) -> None:
    point = one.pop("coordinate", None)
    one["coordinates"] = [point["longitude"], point["latitude"]] if point else []


def _delivery_time_down(one: Shape) -> None:
    one["delivery_time"] = one.get("transit_time")


DOWN: dict[str, Callable[[Shape], None]] = {
    "promised_date": _promised_date_down,
    "custom_fields": _custom_fields_down,
    "additional_fields": _additional_fields_down,
    "courier_fields": _courier_fields_down,
    "customers": _customers_down,
    "last_mile": _last_mile_down,
    "last_updated_at": _last_updated_at_down,
    "expected_delivery": _expected_delivery_down,
    "shipment_weight": _shipment_weight_down,
    "coordinates": _coordinates_down,
    "delivery_time": _delivery_time_down,
}
UP: dict[str, Callable[[Shape], None]] = {
    "promised_date": _promised_date_up,
    "additional_fields": _additional_fields_up,
    "customers": _customers_up,
    "last_mile": _last_mile_up,
}
