"""Room 8, the part inside the transaction: which changes go into the outbox, and as what.

Sending (channels, retries, the delivery log) reads the outbox and is another's work.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

import msgspec

from milepost.domain.event import Event
from milepost.domain.marks import header_of
from milepost.domain.moment import to_text
from milepost.domain.scan import id_text
from milepost.domain.status import BY_CODE
from milepost.engine.alert_views import told_detail
from milepost.engine.delivery import Wanted
from milepost.engine.rows import AlertChange, Announcement
from milepost.engine.shard import Change

TOPICS = (
    "shipment.status_changed", "shipment.event_added", "alert.opened", "alert.cleared",
    "case.opened", "case.step_added", "case.deadline_passed", "case.closed",
)  # fmt: skip
_encode = msgspec.json.Encoder().encode


class Audience:
    """What each tenant has a subscription for. Empty: nothing is written at all. `linked` are the
    roads that have more than one number. `followed`: parcels that clients of dialects or buyers
    follow; None while that is not known, then all count.
    """

    def __init__(self, linked: Container[int] = ()) -> None:
        self.followed: Container[int] | None = None
        self._wanted: Mapping[int, Wanted] = {}
        self._linked = linked

    def set(self, wanted: Mapping[int, Wanted]) -> None:
        self._wanted = wanted

    def wants(self, tenant: int, topic: str, number: str, road: int) -> bool:
        """Whether anybody is to be told of a road and the first of its numbers."""
        wanted = self._wanted.get(tenant)
        if wanted is None:
            return False
        if topic in wanted.topics:
            return True
        if topic in wanted.followed and (self.followed is None or road in self.followed):
            return True
        numbers = wanted.numbers.get(topic)
        asked = numbers is not None and number in numbers
        # Which of a road's numbers is subscribed to, the outbox finds out.
        some = numbers is not None or topic in wanted.followed
        return asked or (some and road in self._linked)

    def __bool__(self) -> bool:
        return bool(self._wanted)


def announcements(
    audience: Audience, changes: Sequence[Change], alerts: Iterable[AlertChange], now_us: int
) -> Iterator[Announcement]:
    """The outbox rows of a batch."""
    for change in changes:
        for topic in ("shipment.status_changed", "shipment.event_added"):
            if _happened(topic, change) and audience.wants(
                change.tenant, topic, change.number, change.road
            ):
                yield _of_change(topic, change, now_us)
    for alert in alerts:
        topic = "alert.opened" if alert.finding else "alert.cleared"
        if audience.wants(alert.tenant, topic, alert.number, alert.shipment):
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
            "since": to_text(header.since_s * 1_000_000, _offset_min(header.since_s, event)),
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


def _offset_min(since_s: int, event: Event) -> int | None:
    """The clock of the scan that is told, where it began the status: states keep but instants."""
    return event.offset_min if event.at_us // 1_000_000 == since_s else 0


def _of_alert(topic: str, alert: AlertChange, now_us: int) -> Announcement:
    found = alert.finding
    at_s = found.since_s if found else (alert.cleared_s or 0)
    payload = {
        "number": alert.number,
        "rule": alert.rule,
        "severity": found.severity if found else None,
        "at": to_text(at_s * 1_000_000, 0),
        "detail": told_detail(found.detail) if found else {},
        "because": [id_text(one) for one in alert.because],
    }
    body = _encode(payload)
    return Announcement(alert.tenant, alert.shipment, topic, alert.number, body, now_us)
