"""Every arrival window of a shipment, oldest first, with what moved it: for readers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from milepost.domain.event import is_status
from milepost.domain.moment import to_text
from milepost.domain.place import Place
from milepost.domain.scan import id_text
from milepost.domain.settle import MAIN
from milepost.domain.track import Forecast
from milepost.domain.whole import Whole
from milepost.engine.foreseen import arrival, local
from milepost.engine.foresight import Foresight
from milepost.eta.boxes import lateness
from milepost.eta.revising import NOTICE, Told


def forecasts(
    foresight: Foresight, tenant: int, boxes: Sequence[Whole], delays_s: Sequence[int], now_us: int
) -> list[Forecast]:
    """Of the box that comes last, or came. `delays_s`: what notices say that each takes longer."""
    last: tuple[Whole, list[Told]] | None = None
    for whole, delay_s in zip(boxes, delays_s, strict=True):
        told = foresight.history(tenant, whole, now_us, delay_s)
        if told and (last is None or _end(told) > _end(last[1])):
            last = whole, told
    return _shown(*last) if last is not None else []


def _end(told: Sequence[Told]) -> tuple[int, int, int]:
    return lateness(told[-1].window)


def _shown(whole: Whole, told: Sequence[Told]) -> list[Forecast]:
    found, scans = list[Forecast](), [one for one in whole.events if is_status(one.code)]
    ids = {(one.at_us, MAIN[one.code]): id_text(one.fingerprint) for one in scans}
    newest = {at_us: name for (at_us, _), name in ids.items()}
    clocks = {one.at_us: one.offset_min for one in scans}
    before_us: int | None = None
    for one in told:
        event = ids.get((one.at_us, one.because)) or newest.get(one.since_us)
        moved_us = None if before_us is None else one.window.p50_us - before_us
        found.append(_forecast(one, event, moved_us, clocks, whole.facts.destination))
        before_us = one.window.p50_us
    return found


def _forecast(
    one: Told, event: str | None, moved_us: int | None, clocks: Mapping[int, int | None],
    destination: Place | None,
) -> Forecast:  # fmt: skip
    def text(at_us: int) -> str:
        """A scan's time by its own clock, all else by that of the destination."""
        return to_text(at_us, clocks[at_us]) if at_us in clocks else local(at_us, seen.zone)

    seen = arrival(one.window, destination)
    assert seen.earliest is not None
    assert seen.likely is not None
    assert seen.probability is not None
    return Forecast(
        at=text(one.at_us), because=one.because,
        event=None if one.because == NOTICE else event,
        since=text(one.since_us) if one.because == "silence" else None,
        earliest=seen.earliest, likely=seen.likely, latest=seen.latest,
        moved_s=None if moved_us is None else moved_us // 1_000_000,
        probability=seen.probability, late_odds=seen.late_odds, source=seen.source,
        guess=seen.guess, reason=seen.reason or "", zone=seen.zone,
    )  # fmt: skip
