"""What the history promises, through its own door only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from random import Random
from threading import Event as Flag

import msgspec
import pytest

from milepost import durable
from milepost.domain.event import Event, EventBody, key_of
from milepost.stores.history import History, SealedRow, parts, runs, sealing
from unit.history.history_rows import START_US, oldest_first, road, roads

DAY = date(2026, 3, 14)
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history")


def parcels_of(rows: list[SealedRow]) -> list[int]:
    return sorted({row.event.parcel for row in rows})


def files_of(history: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (history / "parts").iterdir()}


def changed(row: SealedRow, **fields: object) -> SealedRow:
    return msgspec.structs.replace(row, event=msgspec.structs.replace(row.event, **fields))


def test_every_field_comes_back(history: History) -> None:
    rows = roads(1, 150)

    sealed = history.seal(DAY, rows)

    assert history.read(parcels_of(rows), tenant=1) == oldest_first(rows)
    assert (sealed.day, sealed.events, sealed.parcels) == (DAY, len(rows), 150)
    assert history.summary() == [sealed]


def test_long_texts_and_strange_times_come_back(history: History) -> None:
    plain = Event(key_of(1, "X"), 1, 0, None, 3, 0, START_US, None, EventBody("X", "made.up"))
    texts = ["", "\0", "🚚" * 2_500, "长" * 10_000, "line\nline\r\n\t", "x" * 10_000_000]
    times = [-(10**15) - 1, -1, 0, 999_999, 4_070_908_800_000_001]
    rows = [
        SealedRow(msgspec.structs.replace(plain, fingerprint=-n, body=body), 1, 5 - n, None)
        for n, text in enumerate(texts)
        for body in [EventBody("X", "made.up", text=text)]
    ] + [
        SealedRow(msgspec.structs.replace(plain, fingerprint=n, at_us=at, received_us=got), 1, n, n)
        for n, (at, got) in enumerate(zip(times, reversed(times), strict=True), 100)
    ]

    history.seal(DAY, rows)

    assert history.read([plain.parcel], tenant=1) == oldest_first(rows)


def test_one_road_among_others_by_day_and_by_index(history: History) -> None:
    rows = roads(2, 80)
    history.seal(DAY, rows)
    history.seal(NEXT, roads(3, 80))
    parcel = rows[0].event.parcel
    wanted = oldest_first([row for row in rows if row.event.parcel == parcel])

    assert history.days_of(parcel) == [DAY]
    assert history.read([parcel], tenant=1) == wanted
    assert history.read([parcel], tenant=1, days=[DAY]) == wanted
    assert history.read([parcel], tenant=1, days=[NEXT]) == []
    assert history.read([parcel], tenant=1, days=[date(2030, 1, 1)]) == []


def test_an_empty_history_and_an_empty_seal(history: History) -> None:
    assert history.read([1, 2], tenant=1) == []
    assert history.read([], tenant=1) == []
    assert history.days_of(1) == []
    assert history.summary() == []
    assert history.seal(DAY, []).events == 0
    assert history.summary() == []


def test_a_tenant_reads_nothing_of_another(history: History) -> None:
    mine, theirs = roads(4, 5, tenant=1), roads(4, 5, tenant=2)
    history.seal(DAY, [*mine, *theirs])
    everything = parcels_of([*mine, *theirs])

    assert history.read(everything, tenant=1) == oldest_first(mine)
    assert history.read(everything, tenant=2, days=[DAY]) == oldest_first(theirs)
    assert history.read(everything, tenant=3) == []


def test_sealing_again_changes_nothing(history: History, tmp_path: Path) -> None:
    rows = roads(5, 60)
    first = history.seal(DAY, rows)
    files = files_of(tmp_path / "history")

    again = history.seal(DAY, reversed(rows))

    assert again == first
    assert files_of(tmp_path / "history") == files


def test_a_further_part_holds_only_what_is_new(history: History, tmp_path: Path) -> None:
    rows = roads(6, 60)
    half = len(rows) // 2
    history.seal(DAY, rows[:half])
    files = files_of(tmp_path / "history")

    sealed = history.seal(DAY, rows)

    assert len(sealed.parts) == 2
    assert sealed.events == len(rows)
    assert files.items() <= files_of(tmp_path / "history").items()
    assert history.read(parcels_of(rows), tenant=1) == oldest_first(rows)


def test_an_event_given_twice_is_kept_once(history: History) -> None:
    rows = roads(7, 10)
    later = [msgspec.structs.replace(row, seq=row.seq + 1) for row in rows]

    sealed = history.seal(DAY, [*later, *rows])
    history.seal(NEXT, rows)

    assert sealed.events == len(rows)
    read = history.read(parcels_of(rows), tenant=1)
    assert [row.event for row in read] == [row.event for row in oldest_first(rows)]


def test_one_fingerprint_in_two_parcels_is_two_events(history: History) -> None:
    one, other = roads(8, 2)[:1], roads(9, 2)[:1]
    twin = changed(other[0], fingerprint=one[0].event.fingerprint)

    assert history.seal(DAY, [one[0], twin]).events == 2


def test_more_rows_than_memory_and_than_a_part(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs.SortedRuns.__init__, "__defaults__", (200_000,))
    monkeypatch.setattr("milepost.stores.history.staging.CHUNK_ROWS", 500)
    monkeypatch.setattr(sealing, "GROUP_ROWS", 300)
    monkeypatch.setattr(parts, "GROUP_ROWS", 300)
    monkeypatch.setattr(sealing, "PART_ROWS", 1_000)
    rows = roads(10, 300)

    sealed = history.seal(DAY, rows)

    assert len(sealed.parts) == 3
    assert sealed.parcels == 300
    assert history.read(parcels_of(rows), tenant=1) == oldest_first(rows)
    assert list((tmp_path / "history" / "unfinished").iterdir()) == []


def test_a_failing_source_leaves_nothing(history: History, tmp_path: Path) -> None:
    def source() -> object:
        yield from roads(11, 5)
        raise ConnectionError("the journal went away")

    with pytest.raises(ConnectionError):
        history.seal(DAY, source())

    assert history.summary() == []
    assert list((tmp_path / "history" / "unfinished").iterdir()) == []


@pytest.mark.parametrize("crash_at", range(6))
def test_after_a_crash_the_same_rows_are_sealed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crash_at: int
) -> None:
    folder, rows = tmp_path / "history", roads(12, 120)
    monkeypatch.setattr(sealing, "GROUP_ROWS", 200)
    monkeypatch.setattr(sealing, "PART_ROWS", 400)
    monkeypatch.setattr(runs.SortedRuns.__init__, "__defaults__", (1,))
    monkeypatch.setattr("milepost.stores.history.staging.CHUNK_ROWS", 300)
    crash = _crashing_publish(monkeypatch, crash_at)
    with pytest.raises(SystemExit):
        History(folder).seal(DAY, rows)
    (folder / "unfinished" / "left.parquet").write_bytes(b"half a file")
    monkeypatch.setattr(parts, "publish", crash)
    monkeypatch.setattr("milepost.stores.history.segment.publish", crash)

    after = History(folder)
    kept = after.read(parcels_of(rows), tenant=1)
    after.seal(DAY, rows)

    assert all(row in rows for row in kept)
    assert after.read(parcels_of(rows), tenant=1) == oldest_first(rows)
    assert sum(day.events for day in after.summary()) == len(rows)
    assert list((folder / "unfinished").iterdir()) == []


def _crashing_publish(monkeypatch: pytest.MonkeyPatch, crash_at: int) -> object:
    """The process ends before the file number `crash_at` is put into its place."""
    real, count = durable.publish, iter(range(100))

    def publish(unfinished: Path, path: Path) -> None:
        if next(count) == crash_at:
            raise SystemExit
        real(unfinished, path)

    monkeypatch.setattr(parts, "publish", publish)
    monkeypatch.setattr("milepost.stores.history.segment.publish", publish)
    return real


@pytest.mark.parametrize("loss", ["removed", "damaged"])
def test_a_lost_index_is_made_again(tmp_path: Path, loss: str) -> None:
    rows, history = roads(13, 40), History(tmp_path)
    sealed = history.seal(DAY, rows)
    for path in (tmp_path / "index").iterdir():
        path.unlink()
        if loss == "damaged":
            path.write_bytes(b"not an index")

    again = History(tmp_path)

    assert again.summary() == [sealed]
    assert again.read(parcels_of(rows), tenant=1) == oldest_first(rows)


def test_a_history_opens_at_once_while_another_writes(tmp_path: Path) -> None:
    rows = roads(20, 5)
    History(tmp_path).seal(DAY, rows)
    for path in (tmp_path / "index").iterdir():
        path.unlink()

    with durable.alone(tmp_path / "lock"):
        assert History(tmp_path).summary() == []

    assert History(tmp_path).read(parcels_of(rows), tenant=1) == oldest_first(rows)


def test_retention_removes_days_for_good(history: History, tmp_path: Path) -> None:
    old, new = roads(14, 20), roads(15, 20)
    history.seal(DAY, old)
    kept = history.seal(NEXT, new)

    assert history.drop_before(NEXT) == len(old)

    assert history.drop_before(NEXT) == history.drop_before(DAY) == 0
    assert history.summary() == [kept]
    assert history.days_of(old[0].event.parcel) == []
    assert history.read(parcels_of([*old, *new]), tenant=1) == oldest_first(new)
    assert len(files_of(tmp_path / "history")) == 1
    with pytest.raises(ValueError, match="past its retention"):
        history.seal(DAY, old)
    assert History(tmp_path / "history").summary() == [kept]


def test_a_crash_in_retention_is_made_good(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.seal(DAY, roads(16, 5))
    left = files_of(tmp_path)
    history.drop_before(NEXT)
    for name, content in left.items():
        (tmp_path / "parts" / name).write_bytes(content)

    assert History(tmp_path).summary() == []
    assert files_of(tmp_path) == {}


def test_another_process_sees_what_is_sealed_and_removed(tmp_path: Path) -> None:
    writer, reader = History(tmp_path), History(tmp_path)
    rows = roads(17, 10)
    assert reader.read(parcels_of(rows), tenant=1) == []

    writer.seal(DAY, rows)
    assert reader.read(parcels_of(rows), tenant=1) == oldest_first(rows)

    writer.drop_before(NEXT)
    assert reader.read(parcels_of(rows), tenant=1, days=[DAY]) == []


def test_any_question_is_answered_as_a_plain_list_would(history: History) -> None:
    random, sealed = Random(18), []
    numbers = [f"TT18{index:04d}" for index in range(40)]
    for offset in range(12):
        day = DAY + timedelta(days=random.randrange(6) * 20)
        rows = [
            row
            for number in random.sample(numbers, 12)
            for row in road(random, number, random.randrange(1, 6), tenant=1 + offset % 2)
        ]
        history.seal(day, rows)
        sealed += [(day, row) for row in rows]
    days = sorted({day for day, _ in sealed})
    for _ in range(25):
        parcels = [
            key_of(random.randrange(1, 3), number)
            for number in random.sample(numbers, random.randrange(9))
        ]
        tenant = random.randrange(1, 3)
        some = random.choice([None, random.sample(days, random.randrange(4))])

        wanted = [
            row
            for day, row in sealed
            if row.event.parcel in parcels
            and row.tenant == tenant
            and (some is None or day in some)
        ]
        assert history.read(parcels, tenant=tenant, days=some) == oldest_first(wanted)


def test_threads_read_while_days_are_sealed_and_removed(history: History) -> None:
    rows = roads(19, 30)
    history.seal(NEXT, rows)
    parcels, done = parcels_of(rows), Flag()

    def read_on() -> int:
        count = 0
        while not done.is_set():
            parcel = parcels[count % len(parcels)]
            wanted = oldest_first([row for row in rows if row.event.parcel == parcel])
            assert history.read([parcel], tenant=1, days=[DAY, NEXT])[-len(wanted) :] == wanted
            count += 1
        return count

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read_on) for _ in range(4)]
        for number in range(10):
            history.seal(DAY, roads(100 + number, 3))
        history.drop_before(NEXT)
        done.set()
        assert all(reader.result() > 0 for reader in readers)


def test_the_bench_runs_small(tmp_path: Path) -> None:
    bench = pytest.importorskip("milepost.bench.history")

    figures = bench.run(events=3_000, days=3, reads=20, folder=tmp_path)

    assert figures.days == 3
    assert 2_000 < figures.events < 4_000
    assert figures.known_p99_ms > 0
    assert list(tmp_path.iterdir()) == []
