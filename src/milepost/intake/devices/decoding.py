"""The door of the room: whatever a frame holds, the answer is an outcome, never an exception."""

from __future__ import annotations

from datetime import UTC, datetime

from milepost.intake.devices.protocol import Outcome, Part, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.framing import frames

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_MOST_OPEN = 4


def decode(protocol: Protocol, frame: bytes, session: Session) -> Outcome:
    """What a frame means. What cannot be is taken out of it and named in `fault`."""
    if len(frame) > protocol.max_frame_bytes:
        return Outcome(fault=f"frame of {len(frame)} bytes, {protocol.max_frame_bytes} at most")
    try:
        outcome = protocol.decode(frame, session)
        if outcome.part is not None and session.joins:
            outcome = _joined(protocol, outcome, outcome.part, session)
    except Exception as error:  # a hostile frame must end nothing but itself
        return Outcome(fault=str(error) or type(error).__name__)
    if outcome.identity is not None and session.identity is None:
        session.identity = outcome.identity.name
    return _answered(_sane(outcome))


def whole(protocol: Protocol, frames: dict[int, bytes], last: int, session: Session) -> Outcome:
    """What the parts of a message mean together; see `Joining.whole`."""
    assert protocol.joining is not None
    try:
        return _answered(_sane(protocol.joining.whole(frames, last, session)))
    except Exception as error:
        return Outcome(fault=str(error) or type(error).__name__)


def _joined(protocol: Protocol, outcome: Outcome, part: Part, session: Session) -> Outcome:
    """Parts of one connection, in whatever order; the part's own outcome before all are there."""
    waiting: dict[tuple[int, int, int], dict[int, bytes]] = session.notes.setdefault("parts", {})
    key = part.kind, part.first, part.parts
    frames = waiting.setdefault(key, {})
    frames[part.part] = part.frame
    if len(frames) == part.parts:
        return whole(protocol, waiting.pop(key), part.part, session)
    while len(waiting) > _MOST_OPEN:  # a terminal that never finishes must not fill the memory
        del waiting[next(iter(waiting))]
    return outcome


def decode_all(protocol: Protocol, data: bytes, session: Session) -> list[Outcome]:
    """What some bytes mean that are one frame, as a rule, but may hold several, or junk too."""
    if protocol.http:
        return [decode(protocol, data, session)]
    found, _ = frames(protocol.cut, data)
    if found and found != [data]:
        outcomes = [decode(protocol, frame, session) for frame in found]
        if not any(outcome.fault for outcome in outcomes):
            return outcomes
    # A frame out of a log may lack the end that closes it on the wire, or its escapes.
    return [decode(protocol, data, session)]


def _answered(outcome: Outcome) -> Outcome:
    """What nothing could be read of is answered as wrong, so that it is not sent for ever."""
    if outcome.fault and outcome.unreadable and not (outcome.reports or outcome.media):
        outcome.replies = [outcome.unreadable]
    return outcome


def _sane(outcome: Outcome) -> Outcome:
    """Drop positions that cannot be, and say so; a status goes on without its odd time."""
    for report in outcome.reports:
        if not report.located and report.at and not _EARLIEST <= report.at < _LATEST:
            report.at = None
    faults = [fault for report in outcome.reports if (fault := _impossible(report))]
    if faults:
        outcome.reports = [report for report in outcome.reports if not _impossible(report)]
        outcome.fault = "; ".join(
            dict.fromkeys([outcome.fault, *faults] if outcome.fault else faults)
        )
    return outcome


def _impossible(report: Report) -> str | None:
    if report.lat is not None and report.lon is not None:
        if not (-90 <= report.lat <= 90 and -180 <= report.lon <= 180):
            return f"position out of range: {report.lat:.6f}, {report.lon:.6f}"
        if report.at is None:
            return "a position without a time"
    if report.at is not None and not _EARLIEST <= report.at < _LATEST:
        return f"time out of range: {report.at.isoformat()}"
    return None
