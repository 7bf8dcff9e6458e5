"""`show`: the answer as XML (1), an HTML table (2) or plain text (3) instead of JSON (0)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

Shown = tuple[str, str]


def _xml(answer: dict[str, Any]) -> Shown:
    inner = "".join(_elements(answer))
    return f'<?xml version="1.0" encoding="UTF-8"?><xml>{inner}</xml>', "text/xml"


def _elements(value: dict[str, Any]) -> Iterator[str]:
    for name, one in value.items():
        for item in one if isinstance(one, list) else [one]:
            text = "".join(_elements(item)) if isinstance(item, dict) else _text(item)
            yield f"<{name}>{text}</{name}>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else escape(str(value))


def _html(answer: dict[str, Any]) -> Shown:
    rows = "".join(
        f"<tr><td>{escape(one['time'])}</td><td>{escape(one['context'])}</td></tr>"
        for one in answer["data"]
    )
    return f"<table>{rows}</table>", "text/html"


def _plain(answer: dict[str, Any]) -> Shown:
    return "".join(f"{one['time']} {one['context']}\n" for one in answer["data"]), "text/plain"


WAYS: dict[str, Callable[[dict[str, Any]], Shown]] = {"1": _xml, "2": _html, "3": _plain}
