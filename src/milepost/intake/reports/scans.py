"""Device scans: their queue's clock set right, then a scan and what it says of containment."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec
from msgspec import Struct

from milepost.domain.scan import Scan
from milepost.domain.telemetry import Action, Change, parcel_name
from milepost.engine.decode import Rejected
from milepost.engine.resolve import BadScanError, checked_number
from milepost.intake.reports.reading import Batch, split
from milepost.intake.reports.samples import check_name
from milepost.intake.reports.shapes import DeviceScan, Instant, Level, Name
from milepost.intake.reports.units import BadReportError, instant_us
from milepost.sensing.clocks import Corrected, corrected


class Doing(Struct, frozen=True, kw_only=True):
    """An action: the status that it gives, and what it says of containment."""

    code: str
    containment: str | None = None


class Queue(NamedTuple):
    """What a device sent, unread pieces first: `batch` are its scans by their place."""

    batch: Batch[DeviceScan]
    device: str | None = None
    level: str | None = None
    actor: str | None = None
    sent_us: int | None = None


class Understood(NamedTuple):
    """A device scan as the journey takes it (None for a bag or cage), and what moved."""

    scan: Scan | None
    change: Change | None


class _Envelope(Struct, kw_only=True):
    scans: list[msgspec.Raw]
    device: Name | None = None
    level: Level | None = None
    actor: Name | None = None
    sent_at: Instant | None = None


_envelope = msgspec.json.Decoder(_Envelope)
_scan = msgspec.json.Decoder(DeviceScan)
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_EXTRAS = ("machine", "chute", "weight_g", "size_mm", "sequence", "asset", "action")
_NOWHERE: dict[str, tuple[Action, str]] = {
    "out": ("observe", ""), "out_of_vehicle": ("observe", "place:"),
}  # fmt: skip


@cache
def actions() -> dict[str, Doing]:
    """Every action by its name."""
    text = (files(__package__) / "actions.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Doing])


def read_queue(body: bytes, received_us: int, *, lines: bool = False) -> Queue:
    """An envelope with a queue, or bare scans. Raises NotABatchError, or BadReportError."""
    if not lines and body.lstrip()[:1] == b"{":
        try:
            whole = _envelope.decode(body)
        except _FAULTS:
            pass  # a single scan, or lines
        else:
            sent_us = None if whole.sent_at is None else _sent_us(whole.sent_at)
            batch = _read(whole.scans)
            return Queue(batch, whole.device, whole.level, whole.actor, sent_us)
    return Queue(_read(split(body, lines=lines)))


def set_right(queue: Queue, offset: int) -> dict[int, Corrected]:
    """Place in the batch → the true time, for scans whose time has an offset from UTC."""
    timed = [(index, one) for index, one in queue.batch.items if one.occurred_at.tzinfo]
    timed.sort(key=lambda pair: (pair[1].sequence is None, pair[1].sequence or 0))
    times = [round(one.occurred_at.timestamp() * 1e6) for _, one in timed]
    return {index: at for (index, _), at in zip(timed, corrected(times, offset), strict=True)}


def understood(
    one: DeviceScan,
    queue: Queue,
    clock: Corrected | None,
    instant: Callable[[Scan], int | None] = lambda _: None,
) -> Understood:
    """`instant`: when a scan was, of which only a place's or carrier's zone can tell, or None.
    Raises BadReportError.
    """
    doing = actions().get(one.action or "")
    if one.action is not None and doing is None:
        raise BadReportError(f"action: unknown: {one.action}")
    for name in (one.asset, one.number):
        check_name(name if name is not None else "-")
    scan = None if _is_asset(one.number) else _as_scan(one, doing, queue, clock)
    at_us = clock.at_us if clock is not None else None if scan is None else instant(scan)
    return Understood(scan, _change(one, doing, queue, at_us))


def _read(pieces: Sequence[bytes] | Sequence[msgspec.Raw]) -> Batch[DeviceScan]:
    found: Batch[DeviceScan] = Batch([], [])
    for index, piece in enumerate(pieces):
        try:
            found.items.append((index, _scan.decode(piece)))
        except _FAULTS as error:
            found.rejected.append(Rejected(index, str(error)))
    return found


def _sent_us(value: object) -> int:
    # A device's clock may be years off; that is what it is sent for.
    try:
        return instant_us(value, 1 << 60)
    except BadReportError as error:
        raise BadReportError(f"sent_{error}") from None


def _as_scan(one: DeviceScan, doing: Doing | None, queue: Queue, clock: Corrected | None) -> Scan:
    base = {name: getattr(one, name) for name in Scan.__struct_fields__}
    moved = clock is not None and clock.offset_us != 0
    if clock is not None and moved:
        base["occurred_at"] = one.occurred_at + timedelta(microseconds=clock.offset_us)
    if doing is not None and one.code is None and one.text is None:
        base["code"] = doing.code
    base["device"] = one.device or queue.device or one.machine
    base["actor"] = one.actor or queue.actor
    base["evidence"] = [*(one.evidence or ()), *_evidence(one, clock if moved else None)] or None
    base["measurements"] = {**(one.measurements or {}), **_measured(one, queue)} or None
    return Scan(**base)


def _evidence(one: DeviceScan, clock: Corrected | None) -> list[str]:
    """`kind:reference` of each; a time that was set right says by how much, and on what ground."""
    found = [] if one.picture is None else [_named("photograph", one.picture)]
    for kind, value in msgspec.to_builtins(one.sign_off or {}).items():
        if value is not None:
            said = str(value).lower() if isinstance(value, bool) else value
            found.append(_named(kind, said))
    if clock is not None:
        found.append(
            f"clock:{clock.how} {clock.offset_us // 1_000_000:+d} s,"
            f" device showed {one.occurred_at.isoformat()}"
        )
    return found


def _named(kind: str, reference: str) -> str:
    """A piece of evidence is given as its bare reference, or as we gave it out: with its kind."""
    return reference if reference.startswith(f"{kind}:") else f"{kind}:{reference}"


def _measured(one: DeviceScan, queue: Queue) -> dict[str, object]:
    found = {name: getattr(one, name) for name in _EXTRAS if getattr(one, name) is not None}
    if "size_mm" in found:
        found["size_mm"] = list(found["size_mm"])
    return {**found, "level": queue.level} if queue.level else found


def _change(one: DeviceScan, doing: Doing | None, queue: Queue, at_us: int | None) -> Change | None:
    said = doing.containment if doing else None
    if said in (None, "add", "remove") and one.asset is None:
        if said is not None and _is_asset(one.number):
            raise BadReportError(f"asset: '{one.action}' needs to say what into or out of")
        return None
    if said is None:
        return None
    if at_us is None and one.asset is None:
        return None  # what it is about is the parcel; it goes on without saying where it was not
    if at_us is None:
        raise BadReportError("occurred_at: needs an offset from UTC to say what was in what")
    action, parent = _NOWHERE.get(said, ("add" if said == "add" else "remove", one.asset or ""))
    source = f"scan:{one.device or queue.device or one.machine or one.actor or ''}"
    return Change(_child(one.number), parent, at_us, action, source)


def _child(number: str) -> str:
    if _is_asset(number):
        return number
    try:
        return parcel_name(checked_number(number))
    except BadScanError as error:
        raise BadReportError(str(error)) from None


def _is_asset(number: str) -> bool:
    """`bag:17` is no tracking number, but a bag that was scanned."""
    return ":" in number and not number.startswith("parcel:")
