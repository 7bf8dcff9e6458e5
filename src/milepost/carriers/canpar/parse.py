"""Canpar Express: `trackByBarcode` and `trackByReference` (SOAP)."""

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

BARCODES = Wire(
    carrier="canpar",
    shipments=("**.result",),
    number=("barcode",),
    events=("events",),
    time=("local_date_time",),
    formats=("%Y%m%d %H%M%S",),
    code=("code",),
    text=("code_description_en", "code_description_fr"),
    place=Where(
        city=("address.city",),
        region=("address.province",),
        postal_code=("address.postal_code",),
        country=("address.country",),
    ),
    faults=(Fault(rows="**.Fault", text=("faultstring", "Reason.Text"), code=("faultcode",)),),
    shipment_faults=(Fault(rows="error", text=()),),
    latest=("estimated_delivery_date",),
    facts=FactPaths(
        service=("service_description_en",),
        destination=Where(
            city=("consignee_address.city",),
            region=("consignee_address.province",),
            postal_code=("consignee_address.postal_code",),
            country=("consignee_address.country",),
        ),
        signed_by=("signed_by",),
    ),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    for answer in rows_at(data, "**.return"):
        out.error(text_of(answer, "error"))
    BARCODES.walk(data, out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events; times are local to the terminal."""
    return read_payload(payload, context, _walk)
