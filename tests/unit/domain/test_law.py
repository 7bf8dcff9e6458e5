"""The law of the engine: state is a function of the set of events."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.domain.advance import advance, merge
from milepost.domain.marks import (
    EMPTY,
    PROMISE,
    RETRACTION,
    Mark,
    code_of,
    codes_of,
    count_of,
    header_of,
    holds,
    marks_of,
)
from milepost.domain.status import BY_CODE, SUB_CODE

fingerprints = st.integers(-(2**63), 2**63 - 1)
# Few distinct times and legs, so that ties and hand-overs are common.
marks = st.builds(
    Mark,
    fingerprint=fingerprints,
    at_s=st.integers(0, 12).map(lambda step: 1_790_000_000 + 1_900 * step),
    leg=st.integers(1, 3),
    code=st.sampled_from([*BY_CODE, PROMISE]),
    quality=st.integers(0, 4),
)


@st.composite
def roads(draw: st.DrawFn) -> tuple[list[Mark], dict[int, int]]:
    """Marks of one parcel with promises, retractions, corrections, and retractions of these."""
    road = draw(st.lists(marks, max_size=14, unique_by=lambda mark: mark.fingerprint))
    references = {mark.fingerprint: 1_790_500_000 for mark in road if mark.code == PROMISE}
    for _ in range(draw(st.integers(0, 3))):
        if not road:
            break
        target = draw(st.sampled_from(road))
        taker = draw(marks)._replace(code=draw(st.sampled_from([RETRACTION, 5, 40])))
        if taker.fingerprint not in {mark.fingerprint for mark in road}:
            road.append(taker)
            references[taker.fingerprint] = target.fingerprint
    return road, references


def split(draw: st.DrawFn, items: list[Mark]) -> list[list[Mark]]:
    batches = []
    while items:
        size = draw(st.integers(1, len(items)))
        batches.append(items[:size])
        items = items[size:]
    return batches


@settings(max_examples=600, deadline=None)
@given(road=roads(), data=st.data())
def test_any_order_repetition_and_split_gives_the_same_bytes(road, data) -> None:
    events, references = road
    expected = advance(EMPTY, sorted(events, key=lambda mark: mark.order), references)

    again = data.draw(st.lists(st.sampled_from(events), max_size=8)) if events else []
    shuffled = data.draw(st.permutations(events + again))
    state = EMPTY
    for batch in split(data.draw, list(shuffled)):
        state = advance(state, batch, references)

    assert expected == state


@settings(max_examples=200, deadline=None)
@given(road=roads(), data=st.data())
def test_two_halves_merge_into_the_whole(road, data) -> None:
    events, references = road
    cut = data.draw(st.sets(st.sampled_from(events))) if events else set()
    one = advance(EMPTY, [mark for mark in events if mark in cut], references)
    other = advance(EMPTY, [mark for mark in events if mark not in cut], references)

    assert advance(EMPTY, events, references) == merge(one, other) == merge(other, one)
    assert merge(one, one) == one


@given(road=roads())
def test_a_state_holds_its_events_and_no_others(road) -> None:
    events, references = road
    state = advance(EMPTY, events, references)

    assert {mark.fingerprint for mark in events} == {m.fingerprint for m in marks_of(state)}
    assert all(holds(state, mark.fingerprint) for mark in events)
    assert not holds(state, 12345) or 12345 in {mark.fingerprint for mark in events}


@given(road=roads())
def test_what_is_read_from_the_bytes_is_what_the_marks_say(road) -> None:
    events, references = road
    state = advance(EMPTY, events, references)
    kept = marks_of(state)

    assert codes_of(state) == bytes(mark.code for mark in kept)
    assert count_of(state) == header_of(state).marks == len(kept)
    assert [code_of(state, mark.fingerprint) for mark in kept] == [mark.code for mark in kept]


def test_a_reference_is_no_mark() -> None:
    taken, taker = Mark(7, 1_790_000_000, 1, 5, 0), Mark(8, 1_790_000_001, 1, RETRACTION, 0)
    state = advance(EMPTY, [taker], {8: 7})

    assert code_of(state, 7) == -1
    assert code_of(advance(state, [taken]), 7) == 5


def test_twelve_events_take_at_most_220_bytes() -> None:
    code = SUB_CODE["in_transit.arrived_hub"]
    events = [Mark(n, 1_790_000_000 + n, 1, code, 0) for n in range(12)]

    assert len(advance(EMPTY, events)) <= 220


def test_nothing_is_known_of_an_empty_road() -> None:
    assert header_of(EMPTY).code == SUB_CODE["unknown"]
