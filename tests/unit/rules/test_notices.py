"""Notices: whom they concern, what they excuse, and how official warnings are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from milepost.domain.event import Event, EventBody
from milepost.domain.notice import Area, Lane, Notice, Spot, covered_s, overlap_s, touches
from milepost.domain.place import Place
from milepost.domain.status import SUB_CODE
from milepost.domain.whole import Whole
from milepost.engine.notices import NoticeRow, Notices, placed
from milepost.engine.unfold import whole_of
from milepost.intake.cap import CapError, links_of, read_cap

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SHANGHAI = Spot("CN", (31.2, 121.5), "yto", "CN", "CN")


def notice(**given: object) -> Notice:
    fields = {"kind": "weather", "title": "Storm", "from_at": NOON,
              "until_at": NOON + timedelta(hours=10), **given}  # fmt: skip
    return Notice(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "concerned"),
    [
        ({}, True),
        ({"carriers": ["yto"]}, True),
        ({"carriers": ["sf"]}, False),
        ({"areas": [Area(country="CN")]}, True),
        ({"areas": [Area(country="DE")]}, False),
        ({"areas": [Area(latitude=31.0, longitude=121.4, radius_km=40)]}, True),
        ({"areas": [Area(latitude=39.9, longitude=116.4)]}, False),
        ({"areas": [Area(polygon=[(30, 120), (30, 123), (33, 123), (33, 120)])]}, True),
        ({"areas": [Area(polygon=[(40, 120), (40, 123), (43, 123), (43, 120)])]}, False),
        ({"areas": [Area(place="nobody knows it")]}, False),
        ({"lanes": [Lane(origin="CN", destination="US")]}, False),
        ({"lanes": [Lane(destination="CN")]}, True),
    ],
)
def test_whom_a_notice_concerns(given: dict[str, object], concerned: bool) -> None:
    assert touches(notice(**given), SHANGHAI) is concerned


def test_a_parcel_of_unknown_place_is_concerned_only_by_its_lane() -> None:
    nowhere = Spot(None, None, None, None, "BR")
    assert not touches(notice(areas=[Area(country="BR")]), nowhere)
    assert touches(notice(lanes=[Lane(destination="BR")]), nowhere)


def test_time_that_two_notices_cover_counts_once() -> None:
    one, other = notice(), notice(from_at=NOON + timedelta(hours=5), until_at=None)
    start = int(NOON.timestamp()) - 3600
    assert overlap_s(one, start, start + 20 * 3600) == 10 * 3600
    assert covered_s([one, other], start, start + 20 * 3600) == 19 * 3600
    assert covered_s([], start, start + 5) == 0


def test_a_named_place_gets_its_position() -> None:
    found, unknown = placed(notice(areas=[Area(place="上海"), Area(place="Xyzzyville")]))
    assert unknown == ["Xyzzyville"]
    assert touches(found, SHANGHAI)


CAP = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>made-up-{n}</identifier><sender>test@example.org</sender>
  <sent>2026-11-20T08:00:00+08:00</sent><status>{status}</status><msgType>{kind}</msgType>
  <scope>Public</scope>{references}
  <info><language>de</language><category>Met</category><event>Sturm</event>
    <urgency>Expected</urgency><severity>Severe</severity><certainty>Likely</certainty></info>
  <info><language>en-GB</language><category>Met</category><event>Gale</event>
    <urgency>Expected</urgency><severity>{severity}</severity><certainty>Likely</certainty>
    <onset>2026-11-20T10:00:00+08:00</onset><expires>2026-11-21T10:00:00+08:00</expires>
    <headline>Made-up gale</headline><description>Stay in.</description>
    <area><areaDesc>Coast</areaDesc><circle>31.0,121.4 40</circle></area></info>
</alert>"""


def message(**given: str) -> bytes:
    fields = {"n": "1", "status": "Actual", "kind": "Alert", "severity": "Severe",
              "references": "", **given}  # fmt: skip
    return CAP.format(**fields).encode()


def test_an_official_warning_becomes_a_notice() -> None:
    (found,) = read_cap(message()).notices
    assert (found.kind, found.title, found.identifier) == ("weather", "Made-up gale", "made-up-1")
    assert found.from_at.isoformat() == "2026-11-20T10:00:00+08:00"
    assert touches(found, SHANGHAI)


def test_exercises_and_trifles_are_none() -> None:
    assert read_cap(message(status="Exercise")).notices == []
    assert read_cap(message(severity="Minor")).notices == []


def test_an_update_takes_back_what_it_refers_to() -> None:
    references = "<references>test@example.org,made-up-1,2026-11-20T08:00:00+08:00</references>"
    found = read_cap(message(n="2", kind="Update", references=references))
    assert found.ended == ["test@example.org,made-up-1"]
    assert len(found.notices) == 1
    assert read_cap(message(n="3", kind="Cancel", references=references)).notices == []


@pytest.mark.parametrize("body", [
    b"", b"{}", b"<alert>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><alert/>",
    message().replace(b"2026-11-20T10", b"20th at 10"), message().replace(b"31.0,", b"310,"),
])  # fmt: skip
def test_what_is_no_warning_is_refused(body: bytes) -> None:
    with pytest.raises(CapError):
        read_cap(body)


def test_a_feed_names_its_messages() -> None:
    feed = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry>
        <link href="https://example.org/1.cap"/></entry></feed>"""
    assert links_of(feed) == ["https://example.org/1.cap"]
    assert links_of(message()) == []


def test_what_notices_say_of_a_delay_counts_while_they_hold_and_where() -> None:
    known, now_s = Notices(), int(NOON.timestamp()) + 3600
    rows = [notice(delay_h=8, areas=[Area(country="CN")]), notice(delay_h=30, carriers=["sf"]),
            notice(delay_h=5), notice(delay_h=50, from_at=NOON + timedelta(days=1),
                                      until_at=NOON + timedelta(days=2))]  # fmt: skip
    known.set(NoticeRow(index, 1, one) for index, one in enumerate(rows))
    assert known.delay_s(1, here(), now_s) == 8 * 3600
    assert known.delay_s(1, here(), now_s + 20 * 3600) == 0
    assert known.delay_s(2, here(), now_s) == 0
    assert known.covered_s(1, here(), now_s - 7200, now_s) == 3600


def here() -> Whole:
    place = Place(city="上海", country="CN")
    at_us = int(NOON.timestamp()) * 1_000_000
    event = Event(1, 1, at_us, 480, 0, SUB_CODE["in_transit.arrived_hub"], at_us, None,
                  EventBody("YT1", "test", carrier="yto", place=place))  # fmt: skip
    return whole_of([event], [])


def test_of_a_closure_nothing_leaves_before_it_ends() -> None:
    """Where nobody has said more; a peak or a warning from a feed says nothing of a delay."""
    known, now_s = Notices(), int(NOON.timestamp()) + 3600
    area = [Area(country="CN")]
    for given, hours in (
        ({"kind": "closure"}, 9), ({"kind": "closure", "delay_h": 2}, 2), ({"kind": "peak"}, 0),
        ({"kind": "closure", "source": "cap"}, 0), ({"kind": "closure", "until_at": None}, 0),
        ({"kind": "closure", "until_at": NOON + timedelta(days=30)}, 72),
    ):  # fmt: skip
        known.set([NoticeRow(1, 1, notice(areas=area, **given))])
        assert known.delay_s(1, here(), now_s) == hours * 3600, given
