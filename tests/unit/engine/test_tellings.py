"""One scan that several sources tell of stands once in the history."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from typing import Any

from milepost.domain.alert import DEFAULT_POLICY
from milepost.domain.scan import Scan
from milepost.domain.track import Track
from milepost.engine.resolve import Resolver
from milepost.engine.unfold import unfold
from unit.engine.whole import TABLES

EAST = timezone(timedelta(hours=8))
START = datetime(2026, 11, 20, 9, 30, tzinfo=EAST)
NUMBER = "QX8100000777"
RESOLVER = Resolver(TABLES)


def told(source: str, minutes: float, code: str, **more: Any) -> list[Any]:
    """What a scan of one source becomes."""
    given = {"number": NUMBER, "carrier": "zto", "occurred_at": START + timedelta(minutes=minutes)}
    scan = Scan(**{**given, "code": code, **more})
    now_us = int(START.timestamp() * 1e6) + 86_400_000_000
    return list(RESOLVER.events(1, scan, source, now_us))


def history(*events: list[Any]) -> Track:
    flat = [one for part in events for one in part]
    now_s = int(START.timestamp()) + 86_400
    tracks = set()
    for _ in range(6):
        random.shuffle(flat)
        track = unfold(NUMBER, flat, [], [], shipment=7, now_s=now_s, policy=DEFAULT_POLICY)
        tracks.add(repr(track))
    assert len(tracks) == 1, "in any order"
    return track


def shape(track: Track) -> list[tuple[str, str, list[str]]]:
    return [(one.source, one.sub, [also.source for also in one.also]) for one in track.events]


def test_two_sources_of_one_scan_with_words_of_their_own() -> None:
    track = history(
        told(
            "kuaidi100", 0, "in_transit.arrived_hub", text="快件到达【杭州转运中心】", place="杭州"
        ),
        told("kdniao", 0, "in_transit.moving", text="已到达杭州转运中心"),
        told("aftership", 0, "in_transit.arrived_hub", text="Arrived at Hangzhou hub"),
    )

    assert shape(track) == [("kuaidi100", "in_transit.arrived_hub", ["aftership", "kdniao"])]
    assert [one.text for one in track.events[0].also] == [
        "Arrived at Hangzhou hub", "已到达杭州转运中心",
    ]  # fmt: skip


def test_what_one_source_tells_twice_happened_twice() -> None:
    track = history(
        told("kdniao", 0, "in_transit.arrived_hub", text="one"),
        told("kdniao", 0, "in_transit.arrived_hub", text="two"),
        told("kuaidi100", 0, "in_transit.arrived_hub", text="eins"),
        told("kuaidi100", 0, "in_transit.arrived_hub", text="zwei"),
        told("kuaidi100", 0, "in_transit.arrived_hub", text="drei"),
    )

    assert len(track.events) == 3
    assert sum(len(one.also) for one in track.events) == 2


def test_other_things_are_not_made_one() -> None:
    first = told("kdniao", 0, "in_transit.arrived_hub", place="杭州")
    for other in (
        told("kuaidi100", 1, "in_transit.arrived_hub", place="杭州"),
        told("kuaidi100", 0, "in_transit.departed_facility", place="杭州"),
        told("kuaidi100", 0, "out_for_delivery", place="杭州"),
        told("kuaidi100", 0, "in_transit.arrived_hub", place="上海"),
        told("kuaidi100", 0, "in_transit.arrived_hub", place="杭州", carrier="yto"),
        told("kuaidi100", 0.25, "in_transit.arrived_hub", place="上海"),
    ):
        assert len(history(first, other).events) == 2


def test_a_source_that_leaves_out_the_seconds() -> None:
    exact = told("zto", 0.5, "delivered", text="【杭州市】已签收", place="杭州市")
    rounded = told("kuaidi100", 0, "delivered.recipient", text="已签收,感谢使用", place="杭州")
    track = history(exact, rounded)

    assert len(track.events) == 1
    assert track.status.main == "delivered"


def test_two_devices_are_two_handlings() -> None:
    track = history(
        told("pda", 0, "in_transit.arrived_hub", place="杭州", device="pda-7"),
        told("sorter", 0, "in_transit.arrived_hub", place="杭州", device="line-2"),
    )

    assert len(track.events) == 2


def test_what_the_status_rests_on_is_in_the_history() -> None:
    track = history(
        told("kdniao", 0, "delivered", text="已签收"),
        told("kuaidi100", 0, "delivered.recipient", text="快件已签收,签收人是本人"),
        told("aftership", 0, "delivered", text="Delivered"),
    )
    shown = {one.id for one in track.events}

    assert set(track.status.because) <= shown
    assert {stone.event for stone in track.milestones} <= shown


def test_what_was_taken_back_stands_alone() -> None:
    wrong = told("kdniao", 0, "delivered", text="已签收")
    back = told("kdniao", 5, "", retracts=f"{wrong[0].fingerprint & 2**64 - 1:016x}")
    track = history(wrong, back, told("kuaidi100", 0, "delivered", text="快件已签收"))
    retracted = next(one for one in track.events if one.retracted_by)

    assert (retracted.source, retracted.also) == ("kdniao", [])
