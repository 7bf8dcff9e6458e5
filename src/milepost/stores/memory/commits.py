"""What is committed, as long as the object lives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from milepost.domain.alert import Finding
from milepost.domain.event import pack_body, unpack_body
from milepost.engine.rows import (
    AlertChange,
    Announcement,
    FactRow,
    Group,
    OpenAlert,
    Raw,
    Row,
    UnreadRow,
    Verbatim,
)


class AlertRow(Struct):
    """An alert as it is kept: open until `cleared_s` is set."""

    tenant: int
    shipment: int
    number: str
    finding: Finding
    cleared_s: int | None = None


class Commits:
    """Takes groups. What was written may be looked at in its public attributes."""

    def __init__(self) -> None:
        self.sealed: list[Verbatim] = []
        self.commits: dict[int, int] = {}
        self.journal: list[tuple[int, Row]] = []
        self.raws: dict[int, Raw] = {}
        self.unread: list[UnreadRow] = []
        self.fact_rows: list[FactRow] = []
        self.alerts: list[AlertRow] = []
        self.outbox: list[Announcement] = []
        self._roads: dict[int, list[Row]] = {}
        self._last_seq = 0
        self._next_raw = 1

    async def commit(self, shard: int, group: Group) -> int:
        if group.seq is None:
            self._last_seq += 1
            group.seq = self._last_seq
        elif group.seq in self.commits:
            return group.seq
        rows = [_kept(row) for row in group.rows]  # fails as a whole, before anything is written
        self.commits[group.seq] = shard
        self._append(rows, group.seq)
        self.raws |= {raw.id: raw for raw in group.raws}
        self.unread += group.unread
        self.fact_rows += group.facts
        self.outbox += group.outbox
        self.sealed += group.sealed
        for change in group.alerts:
            self._alert(change)
        for change in group.moved:
            self._move(change)
        return group.seq

    def _append(self, rows: Iterable[Row], seq: int) -> None:
        for row in rows:
            self.journal.append((seq, row))
            self._roads.setdefault(row.event.parcel, []).append(row)

    def _alert(self, change: AlertChange) -> None:
        known = self._open_alert(change.shipment, change.rule)
        if change.finding is None:
            if known is not None:
                known.cleared_s = max(change.cleared_s or 0, known.finding.since_s)
        elif known is None:
            row = AlertRow(change.tenant, change.shipment, change.number, change.finding)
            self.alerts.append(row)

    def _move(self, change: AlertChange) -> None:
        known = self._open_alert(change.shipment, change.rule)
        if known is not None and change.finding is not None:
            known.finding = known.finding._replace(since_s=change.finding.since_s)

    def _open_alert(self, shipment: int, rule: str) -> AlertRow | None:
        for row in self.alerts:
            if (row.shipment, row.finding.rule, row.cleared_s) == (shipment, rule, None):
                return row
        return None

    async def reserve_raw_ids(self) -> range:
        first = self._next_raw
        self._next_raw += 1_000
        return range(first, self._next_raw)

    async def open_alerts(self, roads: Sequence[int] | None = None) -> list[OpenAlert]:
        return [
            OpenAlert(row.shipment, row.finding)
            for row in self.alerts
            if row.cleared_s is None and (roads is None or row.shipment in roads)
        ]


def _kept(row: Row) -> Row:
    """As it would come back from a disk: what cannot be packed fails here as it does there."""
    body = unpack_body(pack_body(row.event.body))
    return Row(row.tenant, row.raw, replace(row.event, body=body))
