from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.stores.history import merging
from milepost.stores.history.days import number_of
from milepost.stores.history.index import Index
from milepost.stores.history.merging import FAN, merged
from milepost.stores.history.rows import PartInfo
from milepost.stores.history.segment import FENCE, Segment, write_segment

keys = st.integers(-(1 << 63), (1 << 63) - 1)
# A few keys near each other, and enough of them to lie across fences.
many_keys = st.builds(
    lambda start, count, step, others: sorted({*range(start, start + count * step, step), *others}),
    st.integers(-(10**12), 10**12),
    st.integers(0, 3 * FENCE),
    st.integers(1, 5),
    st.lists(keys, max_size=20),
)


def part(day: int, number: int = 0) -> PartInfo:
    return PartInfo(f"{day}-{number}", day, 1, 1, 1, 0, 0)


def written(folder: Path, name: str, pairs: Iterable[tuple[int, int]]) -> Segment:
    pairs = sorted(pairs)
    arrays = (
        pa.array([key for key, _ in pairs], pa.int64()),
        pa.array([day for _, day in pairs], pa.uint16()),
    )
    half = len(pairs) // 3
    chunks = [tuple(array[:half] for array in arrays), tuple(array[half:] for array in arrays)]
    write_segment(folder / name, folder / "unfinished", chunks, [])
    return Segment(folder / name)


@settings(deadline=None, max_examples=50)
@given(many_keys, st.lists(keys, max_size=10))
def test_a_segment_finds_what_it_holds_and_nothing_else(held: list, others: list) -> None:
    with TemporaryDirectory() as folder:
        segment = written(Path(folder), "one", [(key, key % 7) for key in held])
        known = set(held)

        for key in [*held[:40], *held[-40:], *held[FENCE - 2 : FENCE + 2]]:
            assert segment.find(key) == [key % 7]
        for key in [*others, *(key + 1 for key in held[:10] if key < (1 << 63) - 1)]:
            assert segment.find(key) == ([key % 7] if key in known else [])


pairs = st.tuples(st.integers(-9, 9) | keys, st.integers(0, 65535))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sets(pairs, max_size=12), max_size=5))
def test_a_merged_segment_equals_the_union(many: list) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "_STEP", 20)
        path = Path(folder)
        segments = [written(path, str(number), pairs) for number, pairs in enumerate(many)]
        if not segments:
            return
        write_segment(path / "all", path / "unfinished", merged(segments), [])
        whole = Segment(path / "all")

        union = sorted(set().union(*many))
        assert list(zip(whole.keys, whole.days, strict=True)) == union


def test_segments_of_a_month_are_merged_and_answers_stay(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    index = Index(tmp_path / "index", tmp_path)
    expected = defaultdict(set)
    for number in range(FAN * FAN + 3):
        day = 20_454 + number % 40
        held = sorted({number * 1000 + step for step in range(30)} | {-1})
        index.add(part(day, number), [pa.array(held, pa.int64())])
        for key in held:
            expected[key].add(day)

    catalogue = index.catalogue()

    assert len(catalogue.segments) < 3 * FAN
    assert len(catalogue.parts) == FAN * FAN + 3
    assert {key: set(catalogue.find(key)) for key in expected} == expected
    assert catalogue.find(999) == []


def test_a_month_becomes_one_segment_when_the_next_begins(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    index = Index(tmp_path / "index", tmp_path)
    march, april = number_of(date(2026, 3, 1)), number_of(date(2026, 4, 1))
    for number in range(3):
        index.add(part(march + number, number), [pa.array([7, 8 + number], pa.int64())])
    assert len(index.catalogue().segments) == 3

    index.add(part(april, 9), [pa.array([7], pa.int64())])

    assert [segment.count for segment in index.catalogue().segments] == [6, 1]
    assert index.catalogue().find(7) == [march, march + 1, march + 2, april]
    assert index.catalogue().find(9) == [march + 1]


def test_a_crash_between_merge_and_removal_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    index = Index(tmp_path / "index", tmp_path)
    for number in range(FAN - 1):
        index.add(part(20_454, number), [pa.array([number], pa.int64())])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "unlink", lambda path, missing_ok=False: os.fspath(path))
        index.add(part(20_454, FAN), [pa.array([FAN], pa.int64())])
    assert len(index.catalogue().segments) == FAN + 1
    assert index.catalogue().find(3) == [20_454]

    index.repair()

    assert len(index.catalogue().segments) == 1
    assert index.catalogue().find(3) == [20_454]


@pytest.mark.parametrize("damage", ["empty", "cut", "changed", "short"])
def test_a_damaged_segment_is_known_as_such(tmp_path: Path, damage: str) -> None:
    path = written(tmp_path, "one", [(key, 1) for key in range(2000)]).path
    whole = path.read_bytes()
    path.write_bytes(
        {
            "empty": b" ",
            "cut": whole[:-1],
            "changed": whole[:-20] + b"?" + whole[-19:],
            "short": whole[10:],
        }[damage]
    )

    with pytest.raises(ValueError, match="an index segment"):
        Segment(path)
