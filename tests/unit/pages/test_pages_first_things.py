"""What is wrong comes first; names keep their direction; calendars keep the standard."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from milepost.domain.place import Place
from milepost.pages.roadmap.stops import Stop, Stretch
from milepost.pages.roadmap.strip import WIDTH, strip
from milepost.pages.view.buyer import buyer_view
from milepost.pages.view.cold import cold_view
from milepost.pages.view.ics import feed
from milepost.pages.view.reader import Reader
from unit.pages import samples
from unit.pages.fake import PROOF, FakeLookup, application


@pytest.fixture
def client() -> TestClient:
    return TestClient(application())


def reader(locale: str) -> Reader:
    return Reader(locale, samples.NOW, lambda slug, _locale: slug)


@pytest.mark.parametrize("address", ["/t/{}", "/kiosk?n={}", "/embed/{}"])
def test_what_is_wrong_stands_before_the_arrival(client: TestClient, address: str) -> None:
    page = client.get(address.format(samples.customs_hold().number)).text

    assert 0 < page.index("notice warning") < page.index("<h1>")


def test_the_pick_up_code_stands_before_what_else_there_is(client: TestClient) -> None:
    page = client.get(f"/t/{samples.waiting_at_station().number}?k={PROOF}").text

    assert 0 < page.index('class="pickup"') < page.index('class="steps')
    assert "notice warning" not in page[: page.index('class="pickup"')]


@pytest.mark.parametrize(
    ("rule", "act"),
    [("address_trouble", "change"), ("failed_attempts", "again"), ("possible_loss", "report"),
     ("dwell", None)],
)  # fmt: skip
def test_a_finding_has_the_button_that_does_what_it_advises(rule: str, act: str | None) -> None:
    track = replace(samples.on_the_way(), alerts=[samples.alert(rule)])

    assert [notice.act for notice in buyer_view(track, reader("en")).notices] == [act]


def test_a_road_that_has_ended_has_nothing_ahead() -> None:
    ahead, ended = (
        buyer_view(track, reader("en")).map for track in (samples.on_the_way(), samples.delivered())
    )

    assert ahead is not None
    assert ended is not None
    assert ahead.note == "Straight lines between scans; dashed is what lies ahead."
    assert ended.note == "Straight lines between scans."
    assert ended.so_far == "678 km in all"


def test_an_arabic_road_leads_from_its_origin_to_its_destination() -> None:
    """Without isolates the two Latin names around the arrow would change places."""
    track = replace(
        samples.on_the_way(), origin=Place(city="Hangzhou"), destination=Place(city="Wuhan")
    )

    assert buyer_view(track, reader("ar")).route == "\u2068Hangzhou\u2069 ← \u2068Wuhan\u2069"
    abroad = replace(track, destination=Place(city="Lisboa", country="PT"))
    abroad = replace(abroad, origin=Place(city="Ningbo", country="CN"))
    route = buyer_view(abroad, reader("ar")).route
    assert route == "\u2067Ningbo، الصين\u2069 ← \u2067Lisboa، البرتغال\u2069"
    assert buyer_view(track, reader("en")).route == "Hangzhou → Wuhan"


def test_a_quotation_names_its_language_where_it_is_not_the_readers() -> None:
    track = samples.on_the_way()
    track = replace(track, events=[replace(one, text="快件已到达") for one in track.events])

    told = {
        locale: {one.foreign for one in buyer_view(track, reader(locale)).history.newest}
        for locale in ("en", "de", "zh", "zh-Hant")
    }

    assert told == {"en": {"Chinese"}, "de": {"Chinesisch"}, "zh": {None}, "zh-Hant": {None}}


def test_the_curve_has_times_at_its_ends() -> None:
    view = cold_view(samples.COLD, reader("en"))

    assert view is not None
    assert [len(end) > 10 for end in view.ends] == [True, True]


def test_names_on_the_map_stand_clear_of_the_road_and_of_each_other() -> None:
    along = ((104.0, "Chengdu"), (112.0, "Jingzhou"), (121.0, "Shanghai"))
    west, middle, east = (Stop((x, 30.0), name, None) for x, name in along)
    drawn = strip(
        (Stretch(west, middle, "road", ahead=False), Stretch(middle, east, "road", ahead=True))
    )

    height = drawn.dots[0].y
    for dot in drawn.dots:
        assert dot.label
        assert abs(dot.label_y - height) > 15
        assert 0 < dot.label_x < WIDTH


def test_where_the_road_ends_at_its_beginning_the_map_names_it_once() -> None:
    drawn = buyer_view(samples.returned(), reader("en")).map

    assert drawn is not None
    assert [dot.label for dot in drawn.strip.dots if dot.label] == ["Roma"]
    assert [dot.kind for dot in drawn.strip.dots if dot.label] == ["last"]


def test_a_calendar_keeps_the_standard(client: TestClient) -> None:
    """RFC 5545: 75 octets a line, CRLF, a component, ends after beginnings, no controls."""
    tracks = {track.number: track for track in samples.SAMPLES.values()}
    odd = "A;B,C\\D\x0b\n" + "号" * 40
    pages = dict.fromkeys([*tracks, odd], "http://example.test/t/1")
    written = feed(tracks | {odd: samples.on_the_way()}, reader("zh"), pages)

    lines = written.split("\r\n")
    assert lines.pop() == ""
    assert all(len(line.encode()) <= 75 and "\n" not in line for line in lines)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", written)
    unfolded = written.replace("\r\n ", "")
    assert r"A\;B\,C\\D\n号" in unfolded
    begun = re.findall(r"DTSTART[^:]*:(\S+)\r\n(?:DTEND[^:]*:(\S+))?", unfolded)
    assert begun
    assert all(not end or end > start for start, end in begun)
    assert unfolded.count("UID:") == unfolded.count("DTSTAMP:") == len(begun)
    assert len(set(re.findall("UID:(.*)", unfolded))) == len(begun)


def test_a_calendar_without_days_is_one_all_the_same(client: TestClient) -> None:
    empty = client.get("/parcels.ics?n=").text

    assert "BEGIN:VTIMEZONE" in empty
    assert "BEGIN:VEVENT" not in empty


def test_the_counter_counts_down_in_words_that_agree(client: TestClient) -> None:
    page = client.get(f"/kiosk?n={samples.on_the_way().number}&lang=ru").text

    said = re.search('data-left="([^"]+)"', page)
    assert said is not None
    words = said[1].split("|")
    assert len(words) == 10
    assert len({re.sub(r"\d+", "", one) for one in words}) == 3


def test_a_mail_that_names_its_order_only_leads_to_the_orders_parcel() -> None:
    lookup = FakeLookup([replace(samples.on_the_way(), number="A-1077")])
    client = TestClient(application(lookup), follow_redirects=False)

    known = client.post("/", data={"q": "Danke! Bestellung Nr. A-1077 vom Montag, Tel. 030 5550"})
    strange = client.post("/", data={"q": "Danke! Bestellung Nr. A-1078 vom Montag"})

    assert known.headers["location"] == "/t/A-1077"
    assert strange.status_code == 200
