"""Foresight learns from what was delivered, and says nothing where it knows nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from milepost.domain.event import Event, EventBody, fingerprint_of, key_of
from milepost.domain.marks import PROMISE
from milepost.domain.moment import TimeQuality
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.domain.status import SUB_CODE
from milepost.domain.whole import Whole
from milepost.engine.foreseen import arrival
from milepost.engine.foresight import Foresight
from milepost.engine.unfold import whole_of

START = datetime(2026, 10, 1, 9, tzinfo=UTC)
HANGZHOU, BERLIN = Place(city="Hangzhou", country="CN"), Place(city="Berlin", country="DE")
DAY = timedelta(days=1)


def micros(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def road(
    number: str, began: datetime, steps: dict[float, str], promised: float | None = None
) -> Whole:
    events = [_event(number, began + days * DAY, SUB_CODE[sub]) for days, sub in steps.items()]
    if promised is not None:
        until = int((began + promised * DAY).timestamp())
        events.append(_event(number, began, PROMISE, until))
    return whole_of(events, [Facts(number=number, origin=HANGZHOU, destination=BERLIN)])


def _event(number: str, at: datetime, code: int, reference: int | None = None) -> Event:
    body = EventBody(number, "api", carrier="4px")
    return Event(
        key_of(1, number), fingerprint_of(number, at, code), micros(at), 0, int(TimeQuality.exact),
        code, micros(at), reference, body,
    )  # fmt: skip


def taught(days: float = 8.0, count: int = 200) -> Foresight:
    foresight = Foresight()
    for index in range(count):
        number, began = f"TEACH{index:04}", START + timedelta(hours=index)
        foresight.open(1, index, road(number, began, {0: "picked_up"}, promised=9))
        whole = road(number, began, {0: "picked_up", 2: "in_transit.arrived_hub",
                                     days + (index % 5) / 2: "delivered"}, promised=9)  # fmt: skip
        foresight.learn(1, index, whole)
    foresight.refresh(micros(START + 30 * DAY))
    return foresight


def test_it_learns_how_long_a_lane_takes() -> None:
    began = START + 30 * DAY
    window = taught().window(1, road("NEW1", began, {0: "picked_up"}), micros(began))
    assert window is not None
    assert not window.guess
    assert 8 <= (window.p50_us - micros(began)) / 86_400_000_000 <= 10
    assert window.p10_us <= window.p50_us <= window.p90_us


def test_one_tenants_past_is_not_anothers() -> None:
    began = START + 30 * DAY
    window = taught().window(2, road("NEW2", began, {0: "picked_up"}), micros(began))
    assert window is not None
    assert window.guess


def test_a_promise_that_the_lane_never_keeps_is_at_risk() -> None:
    began = START + 30 * DAY
    soon = road("NEW3", began, {0: "picked_up"}, promised=4)
    window = taught().window(1, soon, micros(began))
    assert window is not None
    assert window.late_odds is not None
    assert window.late_odds > 0.9


def test_a_road_that_is_over_has_no_window_and_no_silence() -> None:
    done = road("NEW4", START, {0: "picked_up", 8: "delivered"})
    assert taught().window(1, done, micros(START + 9 * DAY)) is None
    assert Foresight().silence(1, done, micros(START)) is None


def test_a_silence_that_no_other_road_had_is_abnormal() -> None:
    began = START + 30 * DAY
    quiet = road("NEW5", began, {0: "picked_up"})
    foresight = taught()
    usual = foresight.silence(1, quiet, micros(began + DAY))
    long = foresight.silence(1, quiet, micros(began + 12 * DAY))
    assert usual is not None
    assert long is not None
    assert usual.heard_by_now < 0.5
    assert long.heard_by_now > 0.9


def test_readers_see_it_in_the_destinations_zone() -> None:
    began = START + 30 * DAY
    window = taught().window(1, road("NEW6", began, {0: "picked_up"}), micros(began))
    assert window is not None
    shown = arrival(window, BERLIN)
    assert shown.zone == "Europe/Berlin"
    assert shown.likely is not None
    assert shown.likely.endswith("+01:00")
    assert shown.probability == 0.8


def test_nothing_to_go_by_is_no_answer() -> None:
    assert Foresight().window(1, whole_of([], [Facts(number="X")]), 0) is None


def test_a_notice_that_says_how_long_it_takes_moves_window_and_odds() -> None:
    began, foresight = START + 30 * DAY, taught()
    soon = road("NEW9", began, {0: "picked_up"}, promised=10.5)
    plain = foresight.window(1, soon, micros(began))
    held = foresight.window(1, soon, micros(began), delay_s=3 * 86_400)
    assert plain is not None
    assert held is not None
    assert held.p50_us - plain.p50_us == 3 * 86_400_000_000
    assert plain.late_odds is not None
    assert held.late_odds is not None
    assert plain.late_odds < 0.5 < held.late_odds


def test_a_carriers_first_roads_speak_with_the_voice_of_the_others() -> None:
    """Between the same countries there are two hundred, so it is no guess; elsewhere it is."""
    began = START + 30 * DAY
    new = road("NEW10", began, {0: "picked_up"})
    (first,) = new.events
    first = msgspec.structs.replace(
        first, body=msgspec.structs.replace(first.body, carrier="brand-new")
    )
    foresight = taught()
    same = foresight.window(1, whole_of([first], [new.facts]), micros(began))
    tokyo = Facts(number="NEW10", origin=HANGZHOU, destination=Place(city="Tokyo", country="JP"))
    other = foresight.window(1, whole_of([first], [tokyo]), micros(began))
    assert same is not None
    assert other is not None
    assert not same.guess
    assert other.guess


def test_what_has_outlasted_all_that_is_known_is_a_guess() -> None:
    began, foresight = START + 30 * DAY, taught()
    lost = road("NEW11", began, {0: "picked_up", 2: "in_transit.arrived_hub"}, promised=9)
    early = foresight.window(1, lost, micros(began + 3 * DAY))
    late = foresight.window(1, lost, micros(began + 40 * DAY))
    assert early is not None
    assert late is not None
    assert not early.guess
    assert late.guess


def test_at_the_door_the_promise_is_not_asked_any_more() -> None:
    foresight = Foresight()
    for index in range(200):
        number, began = f"DOOR{index:04}", START + timedelta(hours=index)
        days = 7 + (index % 9) / 4
        steps = {0: "picked_up", days: "out_for_delivery", days + 0.2: "delivered"}
        foresight.open(1, index, road(number, began, {0: "picked_up"}, promised=9))
        foresight.learn(1, index, road(number, began, steps, promised=9))
        if index % 40 == 39:
            foresight.refresh(micros(began + 10 * DAY))
    began = START + 30 * DAY
    here = road("NEW12", began, {0: "picked_up", 7: "out_for_delivery"}, promised=9)
    window = foresight.window(1, here, micros(began + 7.02 * DAY))
    assert window is not None
    assert window.predictor == "lanes"
    assert window.p90_us - micros(began + 7 * DAY) < micros(START + DAY) - micros(START)


def test_the_operator_hears_of_a_changed_world() -> None:
    """Eight days were usual; then, for a while, fourteen."""
    foresight = taught()
    assert foresight.drifts(1) == []
    for index in range(60):
        number, began = f"SLOW{index:04}", START + timedelta(days=10, hours=index)
        foresight.open(1, 1000 + index, road(number, began, {0: "picked_up"}))
        foresight.learn(1, 1000 + index, road(number, began, {0: "picked_up", 14: "delivered"}))
    found = foresight.drifts(1)

    assert {one.kind for one in found} >= {"slower", "quotes_broken"}
    assert ("4px", "CN", "DE") in {one.group[1:] for one in found}
    assert found[0].sure == max(one.sure for one in found)
    assert foresight.drifts(2) == []
