"""`show`: the answer as XML (1), an HTML table (2) or plain text (3) instead of JSON (0)."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from milepost.compat.core import xml

Shown = tuple[str, str]
ROOT = "xml"


def _xml(answer: dict[str, Any]) -> Shown:
    return xml.written(ROOT, answer, {}), xml.KIND


def _html(answer: dict[str, Any]) -> Shown:
    if "data" not in answer:
        return f"<p>{escape(str(answer['message']))}</p>", "text/html"
    rows = "".join(
        f"<tr><td>{escape(one['time'])}</td><td>{escape(one['context'])}</td></tr>"
        for one in answer["data"]
    )
    return f"<table>{rows}</table>", "text/html"


def _plain(answer: dict[str, Any]) -> Shown:
    if "data" not in answer:
        return f"{answer['message']}\n", "text/plain"
    return "".join(f"{one['time']} {one['context']}\n" for one in answer["data"]), "text/plain"


# Both roads and faults can be shown so.
WAYS: dict[str, Callable[[dict[str, Any]], Shown]] = {"1": _xml, "2": _html, "3": _plain}
