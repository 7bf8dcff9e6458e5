"""Bad input of roads: missing coordinates, unknown countries, times out of order, one event only.

Whatever is said of a road, foresight, the network, customs and the whole-road rules answer: wide or
nothing, never with an error and never more surely than they may.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.domain.alert import DEFAULT_POLICY
from milepost.domain.event import Event, EventBody, fingerprint_of, key_of
from milepost.domain.moment import TimeQuality
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.domain.status import STATUSES, SUB_CODE
from milepost.domain.whole import Whole
from milepost.engine.customs import Customs, stays_of
from milepost.engine.foresight import Foresight
from milepost.engine.located import located
from milepost.engine.notices import spot_of
from milepost.engine.roads import Roads
from milepost.engine.unfold import whole_of
from milepost.rules import whole as rules

NOW_S = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp())
HOUR_US = 3_600_000_000
CODES = [SUB_CODE[sub] for sub in STATUSES]
NUMBER = "YT8100000000017"
texts = st.sampled_from([None, "", "?", "杭州", "Lyon", "ZZ", "x" * 300, "\ufffd"])
numbers = st.sampled_from([None, 0.0, -0.0, 31.2, 91.0, -181.0, 1e9])
places = st.one_of(
    st.none(),
    texts,
    st.builds(
        Place, name=texts, city=texts, region=texts, postal_code=texts,
        country=st.sampled_from([None, "CN", "FR", "QQ", "", "Atlantis"]),
        latitude=numbers, longitude=numbers,
    ),
)  # fmt: skip
ends = places.filter(lambda one: one is None or isinstance(one, Place))


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    """One to six events, out of order, with ties, some ahead of now and some of long ago."""
    found = []
    for index in range(draw(st.integers(1, 6))):
        hours = draw(st.sampled_from([-200_000, -900, -49, -48, -2, 0, 0, 23]))
        quality = draw(st.sampled_from(list(TimeQuality)))
        offset = None if quality is TimeQuality.naive else draw(st.sampled_from([0, 480, -570]))
        place = draw(places)
        body = EventBody(NUMBER, "test", carrier=draw(st.sampled_from([None, "yto", "nobody"])),
                         place=place, text=draw(texts))  # fmt: skip
        found.append(Event(
            key_of(1, NUMBER), fingerprint_of(index, hours), NOW_S * 1_000_000 + hours * HOUR_US,
            offset, int(quality), draw(st.sampled_from(CODES)), NOW_S * 1_000_000, None, body,
        ))  # fmt: skip
    return found


wholes = st.builds(
    lambda told, origin, destination, hs: whole_of(
        told, [Facts(number=NUMBER, origin=origin, destination=destination, hs_code=hs)]
    ),
    events(), ends, ends, texts,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(whole=wholes)
def test_a_road_alone_is_answered_widely_or_not_at_all(whole: Whole) -> None:
    foresight = Foresight()
    window = foresight.window(1, whole, NOW_S * 1_000_000)
    if window is not None:
        assert window.p10_us <= window.p50_us <= window.p90_us
        assert window.p90_us - window.p10_us >= HOUR_US
        assert window.guess  # nothing was ever learned
    assert foresight.silence(1, whole, NOW_S * 1_000_000) is None
    assert Customs().usual(1, 7, whole) is None


@settings(max_examples=150, deadline=None)
@given(first=wholes, second=wholes)
def test_it_may_teach_and_nothing_breaks(first: Whole, second: Whole) -> None:
    foresight, roads, customs = Foresight(), Roads(), Customs()
    for road, whole in enumerate((first, second)):
        foresight.open(1, road, whole)
        foresight.learn(1, road, whole)
        customs.learn(1, road, whole)
        roads.learn(1, road, NUMBER, whole, NOW_S)
    foresight.refresh(NOW_S * 1_000_000)
    customs.refresh(NOW_S)
    for road, whole in enumerate((first, second)):
        assert roads.learn(1, road, NUMBER, whole, NOW_S) == {}  # two roads are no history
        assert customs.usual(1, road, whole) is None
        window = foresight.window(1, whole, NOW_S * 1_000_000)
        assert window is None or window.guess


@settings(max_examples=200, deadline=None)
@given(whole=wholes)
def test_rules_over_the_whole_road_never_raise(whole: Whole) -> None:
    found = rules.findings(whole, NOW_S, DEFAULT_POLICY, located(whole))
    assert set(found) <= set(rules.all_rules())
    due_s = rules.next_due(whole, NOW_S, DEFAULT_POLICY)
    assert due_s is None or due_s > NOW_S
    spot_of(whole)
    for stay in stays_of(whole):
        assert stay.left_s is None or stay.left_s >= stay.entered_s


@settings(max_examples=50, deadline=None)
@given(told=events(), data=st.data())
def test_the_order_in_which_it_was_told_changes_nothing(told: list[Event], data: Any) -> None:
    facts = [Facts(number=NUMBER, destination=Place(city="Lyon", country="FR"))]
    one, other = whole_of(told, facts), whole_of(data.draw(st.permutations(told)), facts)
    assert rules.findings(one, NOW_S, DEFAULT_POLICY) == rules.findings(
        other, NOW_S, DEFAULT_POLICY
    )
    assert stays_of(one) == stays_of(other)
