"""Where the world has changed: lanes that take longer or shorter than forecasts were made for."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from milepost.pages.console.analytics.names import Names
from milepost.pages.console.analytics.question import Question
from milepost.pages.console.visit import Visit

# Of all windows so many per mille end too early when nothing has changed: they end at P90.
_USUAL_PM = 100


class Changed(Struct, frozen=True):
    """A group of lanes. `to`: its transit times; `worse`: takes longer than was foretold."""

    carrier: str
    lane: str
    change: str
    errors: str
    to: str
    worse: bool


async def drift(visit: Visit) -> str:
    """One quiet line while nothing has changed; nothing where forecasts cannot be asked."""
    answer = await visit.call("GET", "/v1/foresight")
    if not answer.ok:
        return ""
    lines = [_changed(visit, one) for one in answer.body["drift"]]
    roads = visit.reader.count(answer.body["roads"]) if answer.body["roads"] else None
    return visit.html("analytics/_drift.html", lines=lines, roads=roads)


def _changed(visit: Visit, one: dict[str, Any]) -> Changed:
    reader, names = visit.reader, Names(visit.reader)
    share = reader.share(10 * round(100 * one["size"]))
    broken = one["kind"] == "quotes_broken"
    usual = reader.share(_USUAL_PM)
    text = reader.text("drift.broken", share=share, usual=usual) if broken else (
        reader.text("drift.takes", share=share)
    )  # fmt: skip
    ends = [name for name in ("origin", "destination") if one[name]]
    lane = names.value("lane", "-".join(one[name] or "?" for name in ("origin", "destination")))
    at = {name: str(one[name]) for name in ("carrier", *ends) if one[name]}
    return Changed(
        carrier=reader.carrier(one["carrier"]) or reader.text("drift.all"),
        lane=lane if one["carrier"] or ends else "", change=text,
        errors=reader.figure(one["sure"]), to=Question("transit", "lane", filters=at).url(),
        worse=one["kind"] != "faster",
    )  # fmt: skip
