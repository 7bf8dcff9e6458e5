"""Several boxes: the shipment is there when the last of them is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from eta_samples import BEGIN_US

from milepost.domain.event import Event, EventBody, fingerprint_of, key_of
from milepost.domain.moment import TimeQuality
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.domain.status import SUB_CODE
from milepost.domain.whole import Whole
from milepost.engine.foresight import Foresight
from milepost.engine.unfold import whole_of
from milepost.eta import DAY_US, Window
from milepost.eta.boxes import last_of

START = datetime(2026, 10, 1, 9, tzinfo=UTC)
NOW = START + timedelta(days=40)


def window(days: float, *, guess: bool = False, odds: float | None = None) -> Window:
    middle = BEGIN_US + int(days * DAY_US)
    return Window(
        p10_us=middle - DAY_US, p50_us=middle, p90_us=middle + DAY_US, predictor="lanes",
        guess=guess, reason="as such roads went lately", late_odds=odds, evidence=days * 10,
    )  # fmt: skip


def test_it_comes_when_the_last_box_does() -> None:
    told = last_of([window(3, odds=0.1), window(5, odds=0.4), window(4)])

    assert told is not None
    assert (told.p10_us, told.p50_us, told.p90_us) == tuple(
        BEGIN_US + days * DAY_US for days in (4, 5, 6)
    )
    assert told.late_odds == 0.4
    assert told.evidence == 30
    assert "last of 3 boxes" in told.reason
    assert not told.guess


def test_one_box_is_as_it_was_and_none_says_nothing() -> None:
    assert last_of([window(3)]) == window(3)
    assert last_of([]) is None


def test_a_box_that_nobody_has_seen_makes_it_a_guess() -> None:
    told = last_of([window(3)], unseen=1)

    assert told is not None
    assert told.guess
    assert "1 not seen yet" in told.reason


def _box(number: str, steps: dict[float, str]) -> Whole:
    events = []
    for days, sub in steps.items():
        at, code = START + timedelta(days=days), SUB_CODE[sub]
        at_us = int(at.timestamp()) * 1_000_000
        events.append(Event(
            key_of(1, number), fingerprint_of(number, at, code), at_us, 0, int(TimeQuality.exact),
            code, at_us, None, EventBody(number, "api", carrier="4px"),
        ))  # fmt: skip
    told = Facts(number=number, origin=Place(country="CN"), destination=Place(country="DE"))
    return whole_of(events, [told])


def test_boxes_that_have_arrived_are_not_waited_for() -> None:
    foresight = Foresight()
    for index in range(60):
        foresight.learn(1, index, _box(f"T{index}", {
            index / 5: "picked_up", index / 5 + 8 + index % 3: "delivered",
        }))  # fmt: skip
    now_us = int(NOW.timestamp()) * 1_000_000
    foresight.refresh(now_us)
    early, later = _box("A", {37: "picked_up"}), _box("B", {39: "picked_up"})
    there, unseen = _box("C", {30: "picked_up", 38: "delivered"}), _box("D", {})
    alone = foresight.window(1, later, now_us)

    both = foresight.last_window(1, [early, later, there], now_us, [0, 0, 0])
    assert alone is not None
    assert both is not None
    assert both.p90_us == alone.p90_us
    assert both.p50_us == alone.p50_us
    assert "last of 2 boxes" in both.reason
    waiting = foresight.last_window(1, [early, unseen], now_us, [0, 0])
    assert waiting is not None
    assert waiting.guess
    assert foresight.last_window(1, [there], now_us, [0]) is None
