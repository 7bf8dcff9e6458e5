"""Roads that have ended: read once, handed to all who want them, none lost and none twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from milepost.domain.event import Event, EventBody
from milepost.domain.status import MAIN_CODE, SUB_CODE
from milepost.engine.rows import Group, ListFilter, Row, ShipmentRow
from milepost.engine.secondlook import Looked
from milepost.engine.unfold import folded, whole_of
from milepost.wiring import lessons as module
from milepost.wiring.lessons import TOGETHER, Lessons
from milepost.wiring.past import Past

DELIVERED, MOVING = SUB_CODE["delivered"], SUB_CODE["in_transit.arrived_hub"]
PICKUP = SUB_CODE["available_for_pickup"]


def event(road: int, code: int = DELIVERED, at_s: int = 1_790_000_000) -> Event:
    body = EventBody(number=f"N{road}", source="test")
    return Event(road, 100 * road + code, at_s * 1_000_000, 0, 0, code, 0, None, body)


def committed(*events: Event) -> Group:
    return Group(rows=[Row(1, None, one) for one in events])


class Store:
    """Roads as memory, the journal and the list of shipments have them."""

    def __init__(self, *roads: int, code: int = DELIVERED) -> None:
        self.states = {road: folded([event(road, code)]) for road in roads}
        self.unwritten: dict[int, tuple[int, bytes]] = {}
        self.listed = [self.line(road) for road in roads]
        self.reads: list[list[int]] = []
        self.errors = 0
        self.meanwhile: dict[int, bytes] = {}

    def line(self, road: int) -> ShipmentRow:
        state = self.states[road]
        main = MAIN_CODE["delivered"] if state[1] == DELIVERED else MAIN_CODE["in_transit"]
        return ShipmentRow(road, 1, f"N{road}", None, None, main, state[1], 0, 1_000_000 - road,
                           date(2026, 1, 1), 0, state, 0, 0)  # fmt: skip

    def _fail(self) -> None:
        if self.errors:
            self.errors -= 1
            raise ConnectionError

    async def tenants(self) -> list[tuple[int, str]]:
        return [(1, "one")]

    async def list_shipments(self, tenant: int, wanted: ListFilter) -> list[ShipmentRow]:
        self._fail()
        after = wanted.after or (1 << 62, 0)
        mains = {None: None, "delivered": MAIN_CODE["delivered"]}
        found = (one for one in self.listed if (one.last_s, one.id) < after)
        only = mains[wanted.main]
        return [one for one in found if only in (None, one.main)][: wanted.limit]

    async def wholes(self, roads: Sequence[int]) -> dict[int, Looked]:
        self._fail()
        self.reads.append(list(roads))
        found = {one: Looked(1, f"N{one}", whole_of([event(one)], [])) for one in roads}
        self.states |= self.meanwhile
        self.meanwhile = {}
        return found


class Calm:
    busy = pressed = False


class Heard:
    """A learner that keeps what it is handed."""

    def __init__(self) -> None:
        self.roads: list[int] = []

    def learn(self, road: int, looked: Looked) -> None:
        assert looked.number == f"N{road}"
        self.roads.append(road)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REST", 0.0)
    monkeypatch.setattr("milepost.wiring.past.AGAIN_S", 0.0)


def lessons_of(store: Store, **given: Any) -> Lessons:
    past = Past(store, store.tenants, lambda _: True, lambda: store.unwritten)  # type: ignore[arg-type]
    return Lessons(store.wholes, Calm(), lambda road: road, store.states.get, past, **given)


async def all_of(lessons: Lessons) -> None:
    while await lessons.turn():
        pass


async def test_each_road_is_read_once_for_all_who_want_it() -> None:
    store, one, other = Store(), Heard(), Heard()
    lessons = lessons_of(store)
    lessons.join(one.learn, [DELIVERED])
    lessons.join(other.learn, [DELIVERED, PICKUP])
    lessons.note(committed(event(1), event(2, PICKUP), event(3, MOVING), event(1, at_s=1)))
    assert (lessons.awaits(1), lessons.awaits(3), len(lessons)) == (True, False, 2)

    await all_of(lessons)
    assert (one.roads, other.roads, store.reads) == ([1], [1, 2], [[1, 2]])
    assert not lessons.awaits(1)


async def test_the_past_is_handed_on_once_to_each_as_far_as_it_wants() -> None:
    store = Store(*range(1, 30))
    for road in range(2, 30, 2):
        store.states[road] = folded([event(road, MOVING)])
    store.listed = [store.line(road) for road in range(1, 30)]
    every, delivered, some = Heard(), Heard(), Heard()
    lessons = lessons_of(store)
    lessons.join(every.learn, [], past=10)
    lessons.join(delivered.learn, [], past=8, of_past="delivered")
    lessons.join(some.learn, [], past=8, of_past="delivered", wants=lambda state: state[1] == 0)

    await all_of(lessons)
    assert every.roads == list(range(1, 11))
    assert delivered.roads == list(range(1, 17, 2))
    assert (some.roads, lessons.recalled.is_set()) == ([], True)
    assert len({one for read in store.reads for one in read}) == sum(map(len, store.reads))


async def test_what_is_not_written_yet_is_part_of_the_past() -> None:
    store, heard = Store(1, 2), Heard()
    # Road 2 was delivered after its line was written, road 3 has none.
    store.states |= {3: folded([event(3)])}
    store.unwritten = {road: (1, store.states[road]) for road in (2, 3)}
    lessons = lessons_of(store)
    lessons.join(heard.learn, [], past=9, of_past="delivered")

    await all_of(lessons)
    assert sorted(heard.roads) == [1, 2, 3]


async def test_neither_the_past_nor_what_ends_now_has_to_wait() -> None:
    store, heard = Store(*range(1, 41)), Heard()
    lessons = lessons_of(store)
    lessons.join(heard.learn, [DELIVERED], past=40)
    lessons.note(committed(*map(event, range(101, 141))))

    await lessons.turn()
    assert sum(road > 100 for road in heard.roads) == TOGETHER // 2 == len(heard.roads) // 2


async def test_nothing_is_lost_where_the_store_is_away() -> None:
    store, heard = Store(1, 2), Heard()
    lessons = lessons_of(store)
    lessons.join(heard.learn, [DELIVERED], past=9)
    lessons.note(committed(event(7)))
    store.errors = 1  # the list of shipments: asked for again
    await all_of(lessons)
    assert sorted(heard.roads) == [1, 2, 7]

    lessons.note(committed(event(8)))
    store.errors = 1
    with pytest.raises(ConnectionError):
        await lessons.turn()
    assert lessons.awaits(8)
    await all_of(lessons)
    assert sorted(heard.roads) == [1, 2, 7, 8]


async def test_what_goes_on_meanwhile_is_read_again() -> None:
    store, heard = Store(1), Heard()
    store.listed = []
    lessons = lessons_of(store)
    lessons.join(heard.learn, [DELIVERED])
    lessons.note(committed(event(1)))
    store.meanwhile = {1: folded([event(1), event(1, MOVING, 1_790_000_100)])}

    await lessons.turn()
    assert (heard.roads, lessons.awaits(1)) == ([], True)
    await lessons.turn()
    assert (heard.roads, store.reads) == ([1], [[1], [1]])


async def test_one_learners_fault_is_not_the_others() -> None:
    def broken(_road: int, _looked: Looked) -> None:
        raise ValueError

    store, heard = Store(), Heard()
    lessons = lessons_of(store)
    lessons.join(broken, [DELIVERED])
    lessons.join(heard.learn, [DELIVERED])
    lessons.note(committed(event(1), event(2)))

    await all_of(lessons)
    assert heard.roads == [1, 2]


async def test_beyond_the_most_only_those_that_wait_already(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    store, one, other = Store(), Heard(), Heard()
    lessons = lessons_of(store)
    lessons.join(one.learn, [DELIVERED])
    lessons.join(other.learn, [PICKUP])
    lessons.note(committed(event(1), event(2), event(3), event(1, PICKUP)))

    await all_of(lessons)
    assert (one.roads, other.roads) == ([1, 2], [1])


async def test_what_only_moves_comes_last_and_is_read_once_if_it_ends() -> None:
    store, heard, other = Store(), Heard(), Heard()
    lessons = lessons_of(store)
    ask = lessons.join(heard.learn, [DELIVERED], moves=[MOVING])
    lessons.join(other.learn, [DELIVERED])
    lessons.note(committed(*(event(road, MOVING) for road in range(1, 10)), event(9), event(10)))
    ask(3)
    ask(11)
    assert (len(lessons), lessons.awaits(1), lessons.awaits(9)) == (12, False, True)

    await all_of(lessons)
    assert heard.roads == [9, 10, *range(1, 9), 11]
    assert other.roads == [9, 10]
