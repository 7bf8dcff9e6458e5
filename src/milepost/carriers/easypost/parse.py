"""EasyPost: a Tracker, as answer or inside an Event."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import beside, read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tables import load_table
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

CARRIERS = load_table("milepost.carriers.easypost", "carriers.toml", "carriers")
_VAGUE = {"unknown", "status_update"}


def _code(detail: Any) -> str | None:
    status, more = text_of(detail, "status"), text_of(detail, "status_detail")
    return f"{status}/{more}" if more and more not in _VAGUE else status


def _address(prefix: str) -> Where:
    return Where(
        city=(f"{prefix}.city",),
        region=(f"{prefix}.state",),
        postal_code=(f"{prefix}.zip",),
        country=(f"{prefix}.country",),
    )


TRACKERS = Wire(
    carrier="easypost",
    carriers=CARRIERS,
    carrier_of=("source", "carrier"),
    shipments=("trackers",),
    number=("tracking_code",),
    events=("tracking_details",),
    time=("datetime",),
    read_code=_code,
    text=("message", "description"),
    place=_address("tracking_location"),
    faults=(Fault(rows="error", text=("message",), code=("code",)),),
    latest=("est_delivery_date",),
    facts=FactPaths(
        service=("carrier_detail.service",),
        weight="weight",
        weight_unit="oz",
        origin=_address("carrier_detail.origin_tracking_location"),
        destination=_address("carrier_detail.destination_tracking_location"),
        signed_by=("signed_by",),
        links=("carrier_detail.alternate_identifier",),
    ),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    inner = dig(data, "result") or data
    is_one = isinstance(inner, dict) and "tracking_code" in inner
    trackers = [inner] if is_one else dig(data, "trackers")
    TRACKERS.walk(beside(data, trackers=trackers), out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All details of all trackers with their offsets."""
    return read_payload(payload, context, _walk)
