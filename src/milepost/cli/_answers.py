"""Answers of vendors' APIs saved as JSON: how to take one's numbers along where there is no export.

What an answer tells of roads goes in by the vendor's own connector, as a carrier's payload does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from milepost.compat.core.statuses import load_statuses
from milepost.wiring.tabular.exports import exports, items_of, recognise, slug_of

Row = dict[str, Any]
_SHIPPO = "milepost.compat.shippo"
# What a status of Shippo's means that has no substatus.
_MAINS = {"PRE_TRANSIT": "info_received.created", "TRANSIT": "in_transit.moving",
          "DELIVERED": "delivered", "RETURNED": "returning",
          "FAILURE": "exception.general"}  # fmt: skip


class Kind(Struct, frozen=True):
    """How a vendor's rows are known, and what is where in them. `road`: where events are.
    `wrapped`: the names around the list of rows; none where a row stands alone.
    """

    vendor: str
    road: tuple[str, ...]
    number: str
    carrier: str
    orders: tuple[str, ...]
    wrapped: tuple[str, ...] = ()

    def has(self, row: Row) -> bool:
        """Whether a row is this vendor's."""
        return bool(row.get(self.number)) and any(name in row for name in self.road)

    def document(self, rows: Sequence[Row]) -> Any:
        """As the vendor's API gives them."""
        found: Any = list(rows)
        for name in reversed(self.wrapped):
            found = {name: found}
        return found


KINDS = (
    Kind("aftership", ("checkpoints", "subtag"), "tracking_number", "slug",
         ("order_number", "order_id"), ("data", "trackings")),
    Kind("17track", ("track_info", "package_status"), "number", "carrier", ("order_no",),
         ("data", "accepted")),
    Kind("easypost", ("tracking_details", "tracking_code"), "tracking_code", "carrier", (),
         ("trackers",)),
    Kind("shippo", ("tracking_history",), "tracking_number", "carrier", ()),
    Kind("kuaidi100", ("data", "ischeck"), "nu", "com", ()),
    Kind("kdniao", ("Traces",), "LogisticCode", "ShipperCode", ("OrderCode",)),
)  # fmt: skip
# Where lists are in answers, whoever gave them.
_INSIDE = ("data", "trackings", "tracking", "accepted", "trackers", "results", "lastResult", "Data")


class Answers(Struct, frozen=True):
    """The rows of a file, all of one vendor."""

    kind: Kind
    rows: list[Row]

    def shipments(self) -> list[tuple[Row, Row]]:
        """(row, shipment to follow) of each."""
        return [(row, self._shipment(row)) for row in self.rows]

    def scans(self) -> list[tuple[Row, Row]]:
        """(row, scan) of what no connector reads: Shippo's roads, and the newest event that a list
        names of a number without its road.
        """
        tell = self._shippo if self.kind.vendor == "shippo" else self._newest
        return [(row, scan) for row in self.rows for scan in tell(row)]

    def documents(self, size: int) -> Iterator[Any]:
        """What the vendor's connector takes, some rows at a time."""
        told = [row for row in self.rows if self.kind.vendor != "shippo" and self._road(row)]
        size = size if self.kind.wrapped else 1
        for start in range(0, len(told), size):
            rows = told[start : start + size]
            yield self.kind.document(rows) if self.kind.wrapped else rows[0]

    def _road(self, row: Row) -> Any:
        return row.get(self.kind.road[0])

    def _newest(self, row: Row) -> Iterator[Row]:
        reading = None if self._road(row) else recognise(list(row))
        if reading is not None:
            yield from (item for item in items_of(reading, row) if "occurred_at" in item)

    def _shipment(self, row: Row) -> Row:
        kind = self.kind
        orders = (row[name] for name in kind.orders if row.get(name))
        found = {"number": str(row[kind.number]), "carrier": self._carrier(row)}
        found["order_number"] = next((str(one) for one in orders), None)
        return {name: value for name, value in found.items() if value}

    def _carrier(self, row: Row) -> str | None:
        code = row.get(self.kind.carrier)
        export = next(one for one in exports() if one.vendor == self.kind.vendor)
        return slug_of(export, str(code)) if code else None

    def _shippo(self, row: Row) -> Iterator[Row]:
        table = load_statuses(_SHIPPO)
        for event in row.get("tracking_history") or ():
            if not (event.get("status_date") and event.get("status")):
                continue
            place = event.get("location") or {}
            known = {"city": place.get("city"), "region": place.get("state"),
                     "country": place.get("country"), "postal_code": place.get("zip")}  # fmt: skip
            found = self._shipment(row) | {
                "occurred_at": event["status_date"],
                "code": table.sub(_status(event)) or _MAINS.get(str(event["status"])),
                "text": event.get("status_details"),
                "place": {name: value for name, value in known.items() if value},
            }
            yield {name: value for name, value in found.items() if value}


def _status(event: Row) -> str:
    substatus = event.get("substatus") or {}
    return f"{event.get('status')}/{substatus.get('code')}"


def answers_in(file: Path) -> Answers | None:
    """What a file of answers has in it; None for any other file."""
    if file.suffix.lower() not in {".json", ".ndjson", ".jsonl"}:
        return None
    try:
        documents = _documents(file)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    rows = [row for one in documents for row in _rows(one)]
    kind = next((kind for kind in KINDS if rows and all(map(kind.has, rows))), None)
    return Answers(kind, rows) if kind is not None else None


def _documents(file: Path) -> list[Any]:
    body = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
    if file.suffix.lower() == ".json":
        return [msgspec.json.decode(body)]
    return [msgspec.json.decode(line) for line in body.splitlines() if line.strip()]


def _rows(document: Any) -> Iterator[Row]:
    """The rows of an answer, of a list of answers, or of a list of rows."""
    if isinstance(document, list):
        for one in document:
            yield from _rows(one)
    elif isinstance(document, dict):
        if any(kind.has(document) for kind in KINDS):
            yield document
            return
        inner = [document[name] for name in _INSIDE if isinstance(document.get(name), list | dict)]
        for one in inner:
            yield from _rows(one)
