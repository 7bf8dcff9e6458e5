"""What Teltonika's numbered elements are; the table is `elements.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, NamedTuple

from milepost.intake.devices.report import Report


class Element(NamedTuple):
    """How an element is read. `kind`: number, flag, hex, text; `none`: values that say nothing.

    `alarms`: which value is which alarm; 0 there: every value but 0.
    """

    name: str
    kind: str = "number"
    factor: float = 1
    signed: bool = False
    none: tuple[int, ...] = ()
    alarms: Mapping[int, str] = {}


def _load() -> dict[int, Element]:
    path = files(__package__) / "elements.toml"
    table = tomllib.loads(path.read_text("utf-8"))
    return {int(number): _element(entry) for number, entry in table.items()}


def _element(entry: dict[str, Any]) -> Element:
    alarms = {int(value): name for value, name in entry.pop("alarms", {}).items()}
    if "alarm" in entry:
        alarms[0] = entry.pop("alarm")
    return Element(**{**entry, "none": tuple(entry.get("none", ())), "alarms": alarms})


ELEMENTS = _load()
_TEMPERATURE = "temperature_"


def add_element(report: Report, number: int, value: bytes) -> None:
    """Put an element into the report; one that the table does not name goes by its number."""
    element = ELEMENTS.get(number)
    if element is None:
        plain = len(value) <= 8 and value
        report.attributes[f"io_{number}"] = int.from_bytes(value, "big") if plain else value.hex()
    elif element.kind == "flag":
        report.attributes[element.name] = any(value)
    elif element.kind == "hex":
        if any(value):
            report.attributes[element.name] = value.hex()
    elif element.kind == "text":
        report.attributes[element.name] = value.decode("latin-1").strip("\0 ")
    else:
        _number(report, element, value)
    if element is not None and element.alarms:
        _alarm(report, element, int.from_bytes(value, "big"))


def _alarm(report: Report, element: Element, value: int) -> None:
    report.tells_alarms = True
    if value:
        report.alarm(element.alarms.get(value) or element.alarms.get(0))


def _number(report: Report, element: Element, value: bytes) -> None:
    raw = int.from_bytes(value, "big", signed=element.signed)
    if int.from_bytes(value, "big") in element.none:
        return
    found = raw * element.factor
    if element.name.startswith(_TEMPERATURE) and element.name[-4:-3].isdecimal():
        report.celsius(found / 1000, int(element.name.split("_")[1]))
    elif element.name == "battery_mv":
        report.battery_mv = round(found)
    elif element.name == "humidity_1_pm":
        report.humidity_pm = round(found)
    else:
        report.attributes[element.name] = round(found, 2) if element.factor % 1 else round(found)
