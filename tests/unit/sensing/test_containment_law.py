"""What is in what is a function of the set of changes."""

from __future__ import annotations

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.domain.telemetry import Change, Contained
from milepost.sensing.chain import FOREVER_US, carried, sensors_in
from milepost.sensing.containment import intervals, left_behind

changes = st.builds(
    Change, st.just("parcel:1"),
    st.sampled_from(["bag:1", "bag:2", "truck:1", "van:1", "place:hub", ""]),
    st.integers(0, 12), st.sampled_from(["add", "remove", "observe"]),
    st.sampled_from(["a", "b"]), st.sampled_from([1000, 700]),
)  # fmt: skip
emptied = st.builds(
    Change, st.just("*"), st.sampled_from(["bag:1", "truck:1"]), st.integers(0, 12),
    st.just("remove"), st.just("a"),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(changes, max_size=12), st.lists(emptied, max_size=3), st.randoms())
def test_any_order_and_repetition(
    told: list[Change], empty: list[Change], chance: random.Random
) -> None:
    again = told * 2
    chance.shuffle(again)
    assert intervals(again, empty * 2) == intervals(told, empty)


@settings(deadline=None)
@given(st.lists(changes, max_size=12), st.lists(emptied, max_size=3))
def test_stretches_make_sense(told: list[Change], empty: list[Change]) -> None:
    found = intervals(told, empty)
    for one in found:
        assert one.until_us is None or one.from_us <= one.seen_us <= one.until_us
        assert (one.until_us is None) == (one.ended is None)
    for bags in (["bag:1", "bag:2"], ["truck:1", "van:1"]):
        same = [one for one in found if one.parent in bags]
        for a, b in itertools.pairwise(same):
            assert a.until_us is not None
            assert a.until_us <= b.from_us


def add(parent: str, at: int, action: str = "add") -> Change:
    return Change("parcel:1", parent, at, action, "t")  # type: ignore[arg-type]


def test_a_missed_unload_is_inferred() -> None:
    (first, second) = intervals([add("truck:1", 10), add("van:2", 50)])

    assert (first.until_us, first.ended, first.seen_us) == (50, "inferred", 10)
    assert first.confidence_pm < 1000
    assert (second.parent, second.until_us, second.confidence_pm) == ("van:2", None, 1000)


def test_an_emptied_truck_is_surer_than_being_seen_elsewhere() -> None:
    (emptied_one,) = intervals([add("truck:1", 10)], [Change("*", "truck:1", 40, "remove", "t")])
    (elsewhere, _) = intervals([add("truck:1", 10), add("truck:2", 40)])

    assert emptied_one.ended == elsewhere.ended == "inferred"
    assert elsewhere.confidence_pm < emptied_one.confidence_pm < 1000


def test_a_gate_leaves_the_bag_closed() -> None:
    found = intervals([
        add("bag:1", 1), add("truck:1", 5, "observe"), add("place:hub", 9, "observe"),
        add("", 20, "observe"),
    ])  # fmt: skip
    assert [(one.parent, one.from_us, one.until_us) for one in found] == [
        ("bag:1", 1, 20), ("truck:1", 5, 9), ("place:hub", 9, 9),
    ]  # fmt: skip


def test_an_unload_without_a_load_says_where_it_was() -> None:
    (one,) = intervals([add("truck:1", 30, "remove")])
    assert (one.from_us, one.until_us, one.began) == (30, 30, "inferred")


def within(child: str, parent: str, begin: int, end: int | None) -> Contained:
    return Contained(child, parent, begin, end, begin, "stated", "stated" if end else None, 1000)


def test_the_chain_is_cut_at_every_level() -> None:
    parents = {
        "parcel:1": [within("parcel:1", "bag:1", 10, 60)],
        "bag:1": [within("bag:1", "cage:1", 0, 50)],
        "cage:1": [within("cage:1", "truck:1", 20, None)],
        "truck:1": [within("truck:1", "truck:1", 0, None)],
    }
    found = [(one.asset, one.from_us, one.until_us) for one in carried("parcel:1", parents)]
    assert found == [("bag:1", 10, 60), ("cage:1", 10, 50), ("truck:1", 20, 50)]


def test_what_is_in_two_trucks_is_in_the_later_one() -> None:
    parents = {
        "parcel:1": [within("parcel:1", "bag:1", 0, None), within("parcel:1", "van:9", 70, None)],
        "bag:1": [within("bag:1", "truck:1", 10, None)],
    }
    found = {one.asset: (one.from_us, one.until_us) for one in carried("parcel:1", parents)}
    assert found["truck:1"] == (10, 70)
    assert found["van:9"] == (70, FOREVER_US)


def test_what_is_seen_at_a_place_has_left_the_truck_of_its_bag() -> None:
    """Nobody scanned the bag out: the parcel is no longer where the truck drives on to."""
    told = [add("bag:1", 10), add("place:hub", 50, "observe"), add("place:hub", 50, "observe")]
    parents = {
        "parcel:1": intervals(told),
        "bag:1": [within("bag:1", "truck:1", 20, None), within("bag:1", "van:2", 80, None)],
    }
    found = {one.asset: one for one in carried("parcel:1", parents)}

    assert (found["truck:1"].from_us, found["truck:1"].until_us) == (20, 50)
    assert found["truck:1"].confidence_pm == 600
    assert (found["bag:1"].until_us, found["bag:1"].confidence_pm) == (FOREVER_US, 1000)
    assert (found["van:2"].from_us, found["van:2"].confidence_pm) == (80, 1000)


def test_a_scan_at_a_facility_ends_what_nobody_unloaded() -> None:
    """The last sign of it in the truck goes before; a stated unload, and a bag, stand."""
    loaded = [add("truck:1", 10), add("truck:1", 30, "observe")]
    (left,) = left_behind(intervals(loaded), [5, 20, 50, 70])
    (stated,) = left_behind(intervals([*loaded, add("truck:1", 60, "remove")]), [50])
    (bag,) = left_behind(intervals([add("bag:1", 10)]), [50])
    (handed_over,) = left_behind(intervals([add("bag:1", 10)]), [50], 80)

    assert (left.until_us, left.ended, left.seen_us, left.confidence_pm) == (
        50,
        "inferred",
        30,
        600,
    )
    assert (stated.until_us, stated.ended, stated.confidence_pm) == (60, "stated", 1000)
    assert bag.until_us is None
    assert (handed_over.until_us, handed_over.confidence_pm) == (80, 600)


def test_a_scan_at_a_facility_ends_the_ride_in_its_bags_truck() -> None:
    parents = {
        "parcel:1": [within("parcel:1", "bag:1", 0, None)],
        "bag:1": [within("bag:1", "truck:1", 10, None)],
    }
    found = {one.asset: one for one in carried("parcel:1", parents, [50])}

    assert (found["truck:1"].until_us, found["truck:1"].confidence_pm) == (50, 600)
    assert (found["bag:1"].until_us, found["bag:1"].confidence_pm) == (FOREVER_US, 1000)


def test_a_circle_ends() -> None:
    parents = {
        "parcel:1": [within("parcel:1", "bag:1", 0, None)],
        "bag:1": [within("bag:1", "bag:2", 0, None)],
        "bag:2": [within("bag:2", "bag:1", 0, None)],
    }
    assert {one.asset for one in carried("parcel:1", parents)} <= {"bag:1", "bag:2"}


def test_a_sensor_speaks_for_its_bag_while_it_is_in_it() -> None:
    (bag,) = carried("parcel:1", {"parcel:1": [within("parcel:1", "bag:1", 10, 60)]})
    inside = [within("sensor:7", "bag:1", 40, None), within("parcel:2", "bag:1", 0, None)]
    (sensor,) = sensors_in(bag, inside)

    assert (sensor.asset, sensor.from_us, sensor.until_us) == ("sensor:7", 40, 60)
    assert sensor.distance == bag.distance
