from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.stores.history.spans import MINUTE_US, MOST_SPANS, Minutes, unpack

instants = st.integers(-(10**15), 5 * 10**15)
numbers = st.integers(0, 1 << 60)
rows = st.lists(st.tuples(instants, numbers, st.none() | numbers), min_size=1, max_size=30)


def columns(rows: list) -> list[pa.Array]:
    return [pa.array(column, pa.int64()) for column in zip(*rows, strict=True)]


@settings(deadline=None)
@given(rows, rows)
def test_base_and_distance_give_the_number_again(one: list, other: list) -> None:
    minutes = Minutes()
    for batch in (one, other):
        minutes.add(*columns(batch))
    spans = unpack(minutes.spans().pack())
    bases, lookup = spans.bases(columns(one)[0]), spans.lookup()

    for (received_us, seq, raw), base_seq, base_raw in zip(one, *bases, strict=True):
        assert lookup[received_us // spans.span_us] == (base_seq.as_py(), base_raw.as_py())
        assert seq >= base_seq.as_py()
        assert raw is None or raw >= base_raw.as_py()


def test_long_roads_have_longer_spans_and_not_more_of_them() -> None:
    minutes = Minutes()
    count = 3 * MOST_SPANS
    minutes.add(*columns([(minute * MINUTE_US, minute, None) for minute in range(count)]))

    spans = minutes.spans()

    assert len(spans.starts) == MOST_SPANS
    assert spans.span_us == 3 * MINUTE_US


def test_nothing_has_no_spans() -> None:
    assert Minutes().spans().starts == []
