"""Australia Post: `tracking_results` of the Shipping and Tracking API."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload, rows_at
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

ARTICLES = Wire(
    carrier="australia-post",
    shipments=("articles",),
    number=("article_id", "consignment_id", "tracking_id"),
    events=("events",),
    time=("date",),
    code=("event_code", "code"),
    text=("description",),
    place=Where(name=("location",)),
    faults=(Fault(rows="errors", text=("message", "name"), code=("code",)),),
    shipment_faults=(Fault(rows="errors", text=("message", "name"), code=("code",)),),
    facts=FactPaths(
        service=("product_type",), pieces=("number_of_items",), links=("consignment_id",)
    ),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    results = rows_at(data, "tracking_results")
    articles = [article for result in results for article in _articles(result)]
    errors = data.get("errors") if isinstance(data, dict) else None
    ARTICLES.walk({"articles": articles, "errors": errors}, out, context)


def _articles(result: Any) -> list[Any]:
    """A result is an article, or holds articles, or holds consignments of articles."""
    if not isinstance(result, dict):
        return [result]
    inner = rows_at(result, "trackable_items", "items", strict=False)
    if not inner:
        return [result]
    handed_down = {name: text_of(result, name) for name in ("tracking_id", "consignment_id")}
    rows = [{**handed_down, **row} if isinstance(row, dict) else row for row in inner]
    return [article for row in rows for article in _articles(row)]


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all articles, with their offsets."""
    return read_payload(payload, context, _walk)
