"""One contract for every ledger: what goes in comes out, once, and only to its tenant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from milepost.domain.alert import Finding
from milepost.domain.event import Event, EventBody, key_of
from milepost.domain.marks import PROMISE
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.domain.status import BY_CODE, MAIN_CODE, SUB_CODE
from milepost.engine.ports import Ledger
from milepost.engine.rows import (
    AlertChange,
    Announcement,
    FactRow,
    Group,
    Link,
    ListFilter,
    OpenAlert,
    Raw,
    Row,
    ShipmentRow,
    UnreadRow,
)
from milepost.stores.memory.ledger import MemoryLedger
from milepost.stores.postgres.ledger import PostgresLedger
from milepost.stores.postgres.pool import Pool

pytest_plugins = ["pg"]

ME, OTHER = 1, 2
NOW_US = 1_795_000_000_000_000
DAY_US = 86_400_000_000
LONG_AGO = date(2000, 1, 1)


@pytest.fixture(params=["memory", "postgres"])
def where(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "memory" else request.getfixturevalue("store_url")


@pytest_asyncio.fixture
async def ledger(where: str) -> AsyncIterator[Ledger]:
    if not where:
        yield MemoryLedger()
        return

    async def ensure() -> str:
        return where

    pool = Pool(ensure, size=3)
    yield PostgresLedger(pool)
    await pool.close()


def row(number: str = "SF1001", serial: int = 1, tenant: int = ME, **given: Any) -> Row:
    at_us = NOW_US - DAY_US + serial * 60_000_000
    event = Event(
        parcel=key_of(tenant, number),
        fingerprint=given.pop("fingerprint", serial * 7919),
        at_us=at_us,
        offset_min=480,
        quality=0,
        code=SUB_CODE["in_transit.arrived_hub"],
        received_us=NOW_US,
        reference=None,
        body=EventBody(number, "api", "sf", "快件到达【云溪中心】", "云溪中心"),
    )
    return Row(tenant, 1, msgspec.structs.replace(event, **given))


def shipment(number: str, last_s: int, **given: Any) -> ShipmentRow:
    tenant = given.pop("tenant", ME)
    sub = given.pop("sub", "in_transit.arrived_hub")
    status = BY_CODE[SUB_CODE[sub]]
    return ShipmentRow(
        id=key_of(tenant, number), tenant=tenant, number=number, carrier="sf", order_number=None,
        main=MAIN_CODE[status.main], code=status.code, since_s=last_s, last_s=last_s,
        first_day=date(2026, 1, 1), alerts=0, state=b"state", covers_seq=1, created_us=last_s,
    )._replace(**given)  # fmt: skip


def opened(rule: str, since_s: int = 1_795_000_000, road: int = 5) -> AlertChange:
    finding = Finding(rule, "warning", since_s, {"last_s": since_s})
    return AlertChange(ME, road, "SF1001", rule, finding, None)


def cleared(rule: str, road: int = 5) -> AlertChange:
    return AlertChange(ME, road, "SF1001", rule, None, 1_795_000_100)


async def road(ledger: Ledger, *numbers: str, tenant: int = ME) -> list[Row]:
    return await ledger.road(tenant, [key_of(tenant, one) for one in numbers], LONG_AGO)


async def since(ledger: Ledger, seq: int) -> list[Row]:
    return [one async for rows in ledger.journal_since(seq) for one in rows]


async def listed(ledger: Ledger, tenant: int = ME, **wanted: Any) -> list[str]:
    rows = await ledger.list_shipments(tenant, ListFilter(**wanted))
    return [one.number for one in rows]


async def save(ledger: Ledger, *rows: ShipmentRow, gone: Sequence[int] = ()) -> None:
    await ledger.save_shipments(rows, gone)


def standing(alerts: list[OpenAlert]) -> list[tuple[int, str, int]]:
    return [(one.shipment, one.finding.rule, one.finding.since_s) for one in alerts]


async def test_what_is_committed_comes_back_as_it_was(ledger: Ledger) -> None:
    full = EventBody(
        "SF1001", "kdniao", "sf", "text", Place(name="云溪", city="Yunxi", latitude=29.5), "50",
        "sf", "next", "actor", "device", ["https://example.com/pod.jpg"], {"weight_g": 120},
        "ORDER-1", 1, 2,
    )  # fmt: skip
    rows = [
        row(serial=1),
        row(serial=2, offset_min=None, quality=3, body=full),
        row(serial=3, code=PROMISE, reference=-(2**63), offset_min=-570),
        msgspec.structs.replace(row(serial=4), raw=None),
    ]
    await ledger.commit(0, Group(rows=rows))

    assert await road(ledger, "SF1001") == rows


async def test_a_road_is_in_the_order_of_its_events_whatever_order_they_came_in(
    ledger: Ledger,
) -> None:
    await ledger.commit(0, Group(rows=[row(serial=3), row(serial=1)]))
    await ledger.commit(0, Group(rows=[row(serial=2), row("OTHER1", serial=9)]))

    assert [one.event.fingerprint // 7919 for one in await road(ledger, "SF1001")] == [1, 2, 3]


async def test_a_road_may_have_several_numbers(ledger: Ledger) -> None:
    await ledger.commit(0, Group(rows=[row("SF1001", 1), row("DPD77", 2), row("NOT1", 3)]))

    numbers = [one.event.body.number for one in await road(ledger, "DPD77", "SF1001", "DPD77")]
    assert numbers == ["SF1001", "DPD77"]


async def test_a_road_is_read_from_a_day_of_ingest_on(ledger: Ledger) -> None:
    early = row(serial=1, received_us=NOW_US - 3 * DAY_US)
    late = row(serial=2)
    await ledger.commit(0, Group(rows=[early]))
    await ledger.commit(0, Group(rows=[late]))
    parcels = [key_of(ME, "SF1001")]
    today = datetime.fromtimestamp(NOW_US / 1e6, UTC).date()

    assert await ledger.road(ME, parcels, today) == [late]
    assert await ledger.road(ME, parcels, LONG_AGO) == [early, late]


async def test_a_group_may_span_midnight(ledger: Ledger) -> None:
    midnight_us = (NOW_US // DAY_US + 1) * DAY_US
    rows = [row(serial=1, received_us=midnight_us - 1), row(serial=2, received_us=midnight_us + 1)]
    raws = [Raw(one, ME, "api", None, midnight_us - 1 + one, b"x") for one in (1, 2)]
    await ledger.commit(0, Group(rows=rows, raws=raws))

    assert await road(ledger, "SF1001") == rows


async def test_sequence_numbers_rise(ledger: Ledger) -> None:
    first = await ledger.commit(0, Group(rows=[row(serial=1)]))
    second = await ledger.commit(1, Group(rows=[row(serial=2)]))

    assert 0 < first < second


async def test_a_commit_whose_answer_was_lost_is_not_written_twice(ledger: Ledger) -> None:
    group = Group(
        rows=[row()],
        raws=[Raw(1, ME, "api", "application/json", NOW_US, b"raw")],
        facts=[FactRow(key_of(ME, "SF1001"), ME, NOW_US, "sf", Facts(number="SF1001"))],
        alerts=[opened("dwell")],
    )
    seq = await ledger.commit(0, group)

    assert await ledger.commit(0, group) == seq == group.seq
    assert len(await since(ledger, 0)) == 1
    assert len(await ledger.facts(ME, [key_of(ME, "SF1001")])) == 1
    assert len(await ledger.open_alerts()) == 1


async def test_a_commit_is_tried_again_while_the_first_try_is_still_under_way(
    ledger: Ledger,
) -> None:
    group = Group(rows=[row()])
    group.seq = await ledger.commit(0, Group(rows=[row("SF1002")])) + 1_000
    await asyncio.gather(*(ledger.commit(0, group) for _ in range(3)))

    assert len(await road(ledger, "SF1001")) == 1


async def test_a_group_with_a_number_that_was_not_written_yet_is_written(ledger: Ledger) -> None:
    group = Group(rows=[row()])
    group.seq = 4711

    assert await ledger.commit(0, group) == 4711
    assert len(await road(ledger, "SF1001")) == 1


async def test_a_group_is_written_as_a_whole_or_not_at_all(ledger: Ledger) -> None:
    bad = row(serial=2, body=EventBody("SF1001", "api", text="\ud800"))
    with pytest.raises(UnicodeEncodeError):
        await ledger.commit(0, Group(rows=[row(serial=1), bad], alerts=[opened("dwell")]))

    assert await since(ledger, 0) == []
    assert await ledger.open_alerts() == []


async def test_the_journal_is_read_again_from_a_commit_on(ledger: Ledger) -> None:
    first = await ledger.commit(0, Group(rows=[row(serial=1)]))
    await ledger.commit(0, Group(rows=[row(serial=9)]))
    await ledger.commit(0, Group(rows=[row("DPD77", 4, tenant=OTHER)]))

    assert await since(ledger, first) == [row(serial=9), row("DPD77", 4, tenant=OTHER)]
    assert len(await since(ledger, 0)) == 3
    assert await since(ledger, first + 1_000) == []


async def test_a_long_journal_comes_in_pieces_and_whole(ledger: Ledger) -> None:
    rows = [row(serial=serial) for serial in range(6_000)]
    await ledger.commit(0, Group(rows=rows))
    sizes = [len(piece) async for piece in ledger.journal_since(0)]

    assert sum(sizes) == 6_000
    assert len(sizes) > 1


async def test_raw_ids_are_never_given_twice(ledger: Ledger) -> None:
    ranges = await asyncio.gather(*(ledger.reserve_raw_ids() for _ in range(5)))
    ids = [one for given in ranges for one in given]

    assert len(ids) == len(set(ids)) >= 5


async def test_facts_come_oldest_first_and_only_of_the_parcels_asked_for(ledger: Ledger) -> None:
    parcel, another = key_of(ME, "SF1001"), key_of(ME, "SF1002")
    origin = Place(city="云溪", country="CN")
    new = FactRow(parcel, ME, NOW_US + 1, "sf", Facts(number="SF1001", weight_g=900))
    old = FactRow(parcel, ME, NOW_US, "merchant", Facts(number="SF1001", origin=origin))
    rest = FactRow(another, ME, NOW_US, "sf", Facts(number="SF1002"))
    await ledger.commit(0, Group(facts=[new, old, rest]))

    assert await ledger.facts(ME, [parcel]) == [old, new]
    assert await ledger.facts(ME, []) == []


async def test_what_is_unread_and_announced_is_written_too(ledger: Ledger) -> None:
    unread = UnreadRow(ME, 1, "sf", "routes[3]", "no time", "{}", NOW_US)
    news = Announcement(ME, 5, "alert.opened", "SF1001", b"{}", NOW_US)

    assert await ledger.commit(0, Group(unread=[unread], outbox=[news])) > 0


async def test_links_are_kept_and_changed(ledger: Ledger) -> None:
    first = Link(ME, "SF1001", 11, 11, 11, "sf", 1, 1)
    second = Link(ME, "DPD77", 12, 11, 11, "dpd", 1, 2)
    await ledger.add_links([first, second])
    # A carrier that is known is not forgotten by somebody who does not know it.
    await ledger.add_links([second._replace(carrier=None, position=3)])

    assert sorted(await ledger.links()) == sorted([first, second._replace(position=3)])


async def test_two_tenants_may_have_the_same_number(ledger: Ledger) -> None:
    mine = Link(ME, "SF1001", key_of(ME, "SF1001"), 1, 1, "sf", 1, 1)
    theirs = Link(OTHER, "SF1001", key_of(OTHER, "SF1001"), 2, 2, "sf", 1, 1)
    await ledger.add_links([mine, theirs])

    assert len(await ledger.links()) == 2
    assert mine.parcel != theirs.parcel


async def test_alerts_open_and_clear(ledger: Ledger) -> None:
    await ledger.commit(0, Group(alerts=[opened("dwell"), opened("customs_hold", road=6)]))
    await ledger.commit(0, Group(alerts=[cleared("dwell")]))

    assert standing(await ledger.open_alerts()) == [(6, "customs_hold", 1_795_000_000)]


async def test_an_open_alert_is_not_opened_again(ledger: Ledger) -> None:
    await ledger.commit(0, Group(alerts=[opened("dwell", 1_795_000_000)]))
    await ledger.commit(0, Group(alerts=[opened("dwell", 1_795_000_009)]))

    assert standing(await ledger.open_alerts()) == [(5, "dwell", 1_795_000_000)]


async def test_an_alert_moves_when_something_comes_late(ledger: Ledger) -> None:
    await ledger.commit(0, Group(alerts=[opened("dwell", 1_795_000_000)]))
    await ledger.commit(0, Group(moved=[opened("dwell", 1_794_990_000), opened("unsigned")]))

    assert standing(await ledger.open_alerts()) == [(5, "dwell", 1_794_990_000)]


@pytest.mark.parametrize(
    ("changes", "stays"),
    [
        ([opened("dwell"), cleared("dwell")], 0),
        ([opened("dwell"), cleared("dwell"), opened("dwell")], 1),
        ([cleared("dwell"), opened("dwell")], 1),
        ([cleared("dwell")], 0),
    ],
)
async def test_changes_of_one_alert_in_one_group_keep_their_order(
    ledger: Ledger, changes: list[AlertChange], stays: int
) -> None:
    await ledger.commit(0, Group(alerts=[*changes, opened("customs_hold")]))

    assert len(await ledger.open_alerts()) == stays + 1


async def test_a_shipment_is_found_by_its_own_tenant_only(ledger: Ledger) -> None:
    mine = shipment("SF1001", 100)
    await save(ledger, mine)

    assert await ledger.shipment(ME, mine.id) == mine
    assert await ledger.shipment(OTHER, mine.id) is None
    assert await ledger.shipment(ME, 12345) is None


async def test_a_line_written_again_keeps_what_only_the_older_knew(ledger: Ledger) -> None:
    old = shipment("SF1001", 100, order_number="ORDER-1", created_us=50)
    new = shipment(
        "SF1001", 300, carrier=None, sub="delivered", created_us=70, first_day=date(2026, 2, 1)
    )
    await save(ledger, old)
    await save(ledger, new)

    expected = new._replace(
        carrier="sf", order_number="ORDER-1", created_us=50, first_day=date(2026, 1, 1)
    )
    assert await ledger.shipment(ME, old.id) == expected


async def test_lines_of_merged_shipments_go(ledger: Ledger) -> None:
    one, two = shipment("SF1001", 100), shipment("DPD77", 200)
    await save(ledger, one, two)
    await save(ledger, gone=[two.id, 999])

    assert await listed(ledger) == ["SF1001"]


async def test_all_shipments_of_all_tenants_are_loaded(ledger: Ledger) -> None:
    rows = [shipment(f"SF{n}", n, tenant=1 + n % 2) for n in range(2_500)]
    await save(ledger, *rows)
    loaded = [one async for piece in ledger.all_shipments() for one in piece]

    assert sorted(loaded) == sorted(rows)


async def test_the_list_begins_with_the_newest_event(ledger: Ledger) -> None:
    await save(ledger, *(shipment(f"SF{n}", 1_000 + n) for n in (3, 1, 2)))

    assert await listed(ledger) == ["SF3", "SF2", "SF1"]
    assert await listed(ledger, limit=2) == ["SF3", "SF2"]
    assert await listed(ledger, tenant=OTHER) == []


async def test_a_cursor_leads_through_all_even_where_times_are_equal(ledger: Ledger) -> None:
    await save(ledger, *(shipment(f"SF{n:04d}", 1_000 + n // 10) for n in range(57)))
    seen: list[str] = []
    after = None
    while rows := await ledger.list_shipments(ME, ListFilter(limit=10, after=after)):
        seen += [one.number for one in rows]
        after = (rows[-1].last_s, rows[-1].id)

    assert len(seen) == len(set(seen)) == 57


async def test_by_number_nothing_is_missed_while_events_come(ledger: Ledger) -> None:
    await save(ledger, *(shipment(f"SF{n:04d}", 1_000 + n % 7) for n in range(57)))
    seen: list[str] = []
    after = None
    while rows := await ledger.list_shipments(
        ME, ListFilter(limit=10, by_number=True, after_number=after)
    ):
        seen += [one.number for one in rows]
        after = rows[-1].number
        # One that is still to come, and one that was there, have the newest event of all.
        moved = {f"SF{min(56, len(seen) + 3):04d}", seen[-1]}
        await save(ledger, *(shipment(one, 2_000 + len(seen)) for one in moved))

    assert seen == [f"SF{n:04d}" for n in range(57)]


async def test_the_list_is_filtered(ledger: Ledger) -> None:
    await save(
        ledger,
        shipment("SF1001", 5, sub="delivered"),
        shipment("SF2002", 4, carrier="dpd"),
        shipment("SF3003", 3, sub="exception.lost"),
        shipment("SF4004", 2, alerts=2),
        shipment("ZT5005", 1, tenant=OTHER, sub="delivered"),
    )

    assert await listed(ledger, main="delivered") == ["SF1001"]
    assert await listed(ledger, carrier="dpd") == ["SF2002"]
    assert await listed(ledger, trouble=True) == ["SF3003", "SF4004"]
    assert await listed(ledger, trouble=True, carrier="dpd") == []
    assert await listed(ledger, main="in_transit", carrier="sf") == ["SF4004"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SF10", ["SF1001", "SF1002"]),
        ("sf 10-01", ["SF1001"]),
        ("ＳＦ１００２", ["SF1002"]),
        ("Order/7", ["SF2002"]),
        ("order/7", []),
        ("100%", ["SF3003"]),
        ("_", []),
        ("\\", []),
        ("1001", []),
    ],
)
async def test_the_list_is_searched_by_the_beginning_of_a_number(
    ledger: Ledger, text: str, found: list[str]
) -> None:
    await save(
        ledger,
        shipment("SF1001", 4),
        shipment("SF1002", 3),
        shipment("SF2002", 2, order_number="Order/77"),
        shipment("SF3003", 1, order_number="100%_x"),
        shipment("SF1009", 1, tenant=OTHER),
    )

    assert await listed(ledger, text=text) == found


async def test_the_numbers_of_an_order(ledger: Ledger) -> None:
    await save(
        ledger,
        shipment("SF2", 1, order_number="O-1", created_us=20),
        shipment("DPD1", 1, order_number="O-1", created_us=10, carrier="dpd"),
        shipment("SF3", 1, order_number="O-2"),
        shipment("SF4", 1, order_number="O-1", tenant=OTHER),
    )

    assert await ledger.numbers_of_order(ME, "O-1") == ["DPD1", "SF2"]
    assert await ledger.numbers_of_order(ME, "O-9") == []


async def test_names_of_roads(ledger: Ledger) -> None:
    mine, theirs = shipment("SF1", 1), shipment("SF1", 1, tenant=OTHER)
    await save(ledger, mine, theirs)

    expected = {mine.id: (ME, "SF1"), theirs.id: (OTHER, "SF1")}
    assert await ledger.names_of([mine.id, theirs.id, 404]) == expected
    assert await ledger.names_of([]) == {}


async def test_the_checkpoint_is_that_of_the_shard_furthest_behind(ledger: Ledger) -> None:
    assert await ledger.checkpoint() == 0

    await ledger.save_checkpoint(0, 10)
    await ledger.save_checkpoint(1, 7)
    assert await ledger.checkpoint() == 7

    await ledger.save_checkpoint(1, 12)
    assert await ledger.checkpoint() == 10


async def test_a_shard_that_has_written_nothing_yet_holds_the_replay_back(ledger: Ledger) -> None:
    assert await ledger.begin_checkpoint(0, 2) == 0
    assert await ledger.begin_checkpoint(1, 2) == 0
    await ledger.save_checkpoint(0, 10)
    assert await ledger.begin_checkpoint(1, 2) == 0, "it may have been killed before it wrote"


async def test_a_new_shard_counts_from_where_the_others_are(ledger: Ledger) -> None:
    await ledger.begin_checkpoint(0, 1)
    await ledger.save_checkpoint(0, 10)
    assert await ledger.begin_checkpoint(1, 2) == 10


async def test_a_tenant_never_sees_another_ones_rows(ledger: Ledger) -> None:
    parcel = key_of(ME, "SF1001")
    fact = FactRow(parcel, ME, NOW_US, "sf", Facts(number="SF1001"))
    await ledger.commit(0, Group(rows=[row()], facts=[fact]))
    await save(ledger, shipment("SF1001", 9, order_number="O-1"))

    # Even by the very key of a parcel that is not its own.
    assert await ledger.road(OTHER, [parcel], LONG_AGO) == []
    assert await ledger.facts(OTHER, [parcel]) == []
    assert await ledger.shipment(OTHER, parcel) is None
    assert await ledger.numbers_of_order(OTHER, "O-1") == []
    assert await listed(ledger, tenant=OTHER) == []


async def test_it_answers(ledger: Ledger) -> None:
    await ledger.ping()


async def test_raw_bodies_stay_as_they_are(ledger: Ledger) -> None:
    body = bytes(range(256)) * 40
    await ledger.commit(0, Group(raws=[Raw(7, ME, "sf", "text/xml; charset=gbk", NOW_US, body)]))

    assert await _raw(ledger, 7) == body


async def _raw(ledger: Ledger, raw: int) -> bytes:
    if isinstance(ledger, MemoryLedger):
        return ledger.raws[raw].body
    assert isinstance(ledger, PostgresLedger)
    async with ledger.pool.connection() as connection:
        connection: asyncpg.Connection
        found: bytes = await connection.fetchval("SELECT body FROM raw WHERE id = $1", raw)
    return found
