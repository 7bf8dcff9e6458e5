"""What a client may register with a number, besides number and carrier."""

from __future__ import annotations

from typing import Any

from milepost.compat.seventeentrack import faults
from milepost.compat.seventeentrack.call import Item
from milepost.compat.seventeentrack.faults import FaultError
from milepost.compat.seventeentrack.shape import ECHO_24
from milepost.domain.place import Place

# What `changeinfo` may change.
INFO = ("tag", "order_no", "order_time", "lang", "param", "remark", "email", "translation_mode")
CHANGEABLE = (*INFO, *ECHO_24)
_MODES = {"denied", "usedefaultlang", "usethirdpartyservices"}
_LONGEST = 500


def read_fields(item: Item) -> dict[str, Any]:
    """The fields that are given, as text. Raises FaultError."""
    return {name: _field(name, item[name]) for name in CHANGEABLE if name in item}


def _field(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "special_tracking_info" and isinstance(value, dict):
        return {part: _text(f"{name}.{part}", value.get(part)) for part in _SPECIAL}
    text = _text(name, value)
    if name == "translation_mode" and text and text.lower() not in _MODES:
        raise FaultError(faults.BAD_VALUE, text, name)
    return text


_SPECIAL = ("number_type", "parameter")


def _text(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, dict | list | bool) or len(str(value)) > _LONGEST:
        raise FaultError(faults.BAD_VALUE, str(value)[:60], name)
    return str(value)


def phone_of(options: dict[str, Any]) -> str | None:
    """The phone number, or its last digits, that came with a number."""
    found = (options.get(name) for name in ("phone_number_last_4", "phone_number", "param"))
    return next((one for one in found if one), None)


def place_of(options: dict[str, Any], side: str) -> Place | None:
    """One end of the road (`origin` or `destination`) as far as it was registered."""
    country = (options.get(f"{side}_country") or "").strip().upper()
    place = Place(
        country=country if len(country) == 2 and country.isalpha() else None,
        city=options.get(f"{side}_city") or None,
        postal_code=options.get(f"{side}_postal_code") or None,
    )
    return None if place == Place() else place
