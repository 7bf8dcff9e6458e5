"""Rows of journal and facts as the engine has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from milepost.domain.alert import Finding
from milepost.domain.event import Event, unpack_body
from milepost.domain.scan import Facts
from milepost.engine.rows import FactRow, OpenAlert, Row

ROW_COLUMNS = (
    "tenant, raw, parcel, fingerprint, at_us, offset_min, quality, code, received_us, "
    "reference, body"
)
FACT_COLUMNS = "parcel, tenant, observed_us, source, body"
unpack_facts = msgspec.msgpack.Decoder(Facts).decode


def row_of(row: Sequence[Any]) -> Row:
    """A row of the columns ROW_COLUMNS."""
    (tenant, raw, parcel, fingerprint, at_us, offset_min, quality, code, received_us,
     reference, body) = row  # fmt: skip
    event = Event(
        parcel, fingerprint, at_us, offset_min, quality, code, received_us, reference,
        unpack_body(body),
    )  # fmt: skip
    return Row(tenant, raw, event)


def fact_row(row: Sequence[Any]) -> FactRow:
    """A row of the columns FACT_COLUMNS."""
    return FactRow(row[0], row[1], row[2], row[3], unpack_facts(row[4]))


def open_alert(row: Sequence[Any]) -> OpenAlert:
    """A row of shipment, rule, severity, opened_s, and the detail as text."""
    return OpenAlert(row[0], Finding(row[1], row[2], row[3], msgspec.json.decode(row[4])))
