"""Room 8, the part inside the transaction: which changes go into the outbox, and as what.

Sending (channels, retries, the delivery log) reads the outbox and is another's work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from milepost.domain.marks import header_of
from milepost.domain.moment import to_text
from milepost.domain.scan import id_text
from milepost.domain.status import BY_CODE
from milepost.engine.ports import AlertChange, Announcement
from milepost.engine.shard import Change

TOPICS = (
    "shipment.status_changed", "shipment.event_added", "alert.opened", "alert.cleared",
    "case.opened", "case.step_added", "case.closed",
)  # fmt: skip
_encode = msgspec.json.Encoder().encode


class Audience:
    """Which topics each tenant has a subscription for. Empty: nothing is written at all."""

    def __init__(self) -> None:
        self._topics: dict[int, frozenset[str]] = {}

    def set(self, topics: dict[int, frozenset[str]]) -> None:
        self._topics = topics

    def wants(self, tenant: int, topic: str) -> bool:
        return topic in self._topics.get(tenant, ())

    def __bool__(self) -> bool:
        return bool(self._topics)


def announcements(
    audience: Audience, changes: Sequence[Change], alerts: Iterable[AlertChange], now_us: int
) -> Iterator[Announcement]:
    """The outbox rows of a batch."""
    for change in changes:
        for topic in ("shipment.status_changed", "shipment.event_added"):
            if audience.wants(change.tenant, topic) and _happened(topic, change):
                yield _of_change(topic, change, now_us)
    for alert in alerts:
        topic = "alert.opened" if alert.finding else "alert.cleared"
        if audience.wants(alert.tenant, topic):
            yield _of_alert(topic, alert, now_us)


def _happened(topic: str, change: Change) -> bool:
    # Byte 1 of a state is its status code.
    changed = change.before is None or change.before[1] != change.after[1]
    return changed or topic == "shipment.event_added"


def _of_change(topic: str, change: Change, now_us: int) -> Announcement:
    header = header_of(change.after)
    status = BY_CODE[header.code]
    before = BY_CODE[change.before[1]] if change.before else None
    event = change.event
    payload = {
        "number": change.number,
        "carrier": event.body.carrier,
        "order_number": event.body.order_number,
        "status": {
            "main": status.main,
            "sub": status.sub,
            "since": to_text(header.since_s * 1_000_000, 0),
            "because": [id_text(header.because)] if header.because else [],
        },
        "previous": {"main": before.main, "sub": before.sub} if before else None,
        "event": {
            "id": id_text(event.fingerprint),
            "number": event.body.number,
            "occurred_at": to_text(event.at_us, event.offset_min),
            "sub": event.sub,
        },
    }
    body = _encode(payload)
    return Announcement(change.tenant, change.road, topic, change.number, body, now_us)


def _of_alert(topic: str, alert: AlertChange, now_us: int) -> Announcement:
    found = alert.finding
    at_s = found.since_s if found else (alert.cleared_s or 0)
    payload = {
        "number": alert.number,
        "rule": alert.rule,
        "severity": found.severity if found else None,
        "at": to_text(at_s * 1_000_000, 0),
        "detail": found.detail if found else {},
    }
    body = _encode(payload)
    return Announcement(alert.tenant, alert.shipment, topic, alert.number, body, now_us)
