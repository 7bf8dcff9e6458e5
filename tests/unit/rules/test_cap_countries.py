"""CAP 1.2 messages in the shapes in which weather services give them out; all values made up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from milepost.domain.event import Event, EventBody
from milepost.domain.notice import Area, Notice
from milepost.domain.place import Place
from milepost.domain.status import SUB_CODE
from milepost.engine.notices import concerns, placed, spot_of
from milepost.engine.unfold import whole_of
from milepost.intake.cap import CapError, links_of, read_all, read_cap

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def info(language: str, *areas: str, event: str = "Storm", severity: str = "Severe",
         more: str = "") -> str:  # fmt: skip
    return (f"<info><language>{language}</language><category>Met</category><event>{event}</event>"
            f"{more}<urgency>Expected</urgency><severity>{severity}</severity>"
            "<certainty>Likely</certainty><onset>2026-11-20T06:00:00+00:00</onset>"
            f"<expires>2026-11-21T06:00:00+00:00</expires>{''.join(areas)}</info>")  # fmt: skip


def area(name: str, *codes: tuple[str, str], shape: str = "") -> str:
    told = "".join(f"<geocode><valueName>{kind}</valueName><value>{value}</value></geocode>"
                   for kind, value in codes)  # fmt: skip
    return f"<area><areaDesc>{name}</areaDesc>{shape}{told}</area>"


def message(*infos: str, identifier: str = "made-up-1", kind: str = "Alert",
            references: str = "") -> bytes:  # fmt: skip
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{identifier}</identifier><sender>made.up@example.org</sender>"
        "<sent>2026-11-20T05:00:00+00:00</sent><status>Actual</status>"
        f"<msgType>{kind}</msgType><scope>Public</scope>{references}{''.join(infos)}</alert>"
    ).encode()


def touched(notices: list[Notice], place: Place) -> bool:
    """Whether one of them concerns a parcel that was last scanned there."""
    at_us = int(NOON.timestamp()) * 1_000_000
    event = Event(1, 1, at_us, 0, 0, SUB_CODE["in_transit.arrived_hub"], at_us, None,
                  EventBody("QX1", "test", place=place))  # fmt: skip
    spot = spot_of(whole_of([event], []))
    return any(concerns(placed(one)[0], spot) for one in notices)


HOUSTON, GALVESTON = Place(city="Houston", country="US"), Place(city="Galveston", country="US")
MUNICH, BERLIN = Place(city="München", country="DE"), Place(city="Berlin", country="DE")
GIRONA, MADRID = Place(city="Girona", country="ES"), Place(city="Madrid", country="ES")
HANGZHOU, SHENZHEN = Place(city="杭州", country="CN"), Place(city="深圳", country="CN")
TORONTO, OTTAWA = Place(city="Toronto", country="CA"), Place(city="Ottawa", country="CA")
AUSTIN = Place(city="Austin", country="US")


@pytest.mark.parametrize(("body", "inside", "outside"), [
    # The United States: counties and zones by name, several in one area.
    (message(info("en-US", area("Houston; Galveston", ("SAME", "048000"), ("UGC", "TXZ9")))),
     [HOUSTON, GALVESTON], [AUSTIN, MUNICH]),
    # Germany: the warning in German, then in English, with a shape.
    (message(*(info(one, area("Alpenvorland", ("WARNCELLID", "900000000"), shape=
     "<polygon>47.5,11.0 47.5,12.0 48.5,12.0 48.5,11.0 47.5,11.0</polygon>"))
               for one in ("de-DE", "en-GB"))),
     [MUNICH], [BERLIN]),
    # Spain by way of Europe's service: English words, the area by code and name.
    (message(info("es-ES", area("Girona", ("EMMA_ID", "ES999"))),
             info("en-GB", area("Girona", ("EMMA_ID", "ES999")))), [GIRONA], [MADRID]),
    # China: a whole province by its name.
    (message(info("zh-CN", area("浙江省", ("made-up", "330000000000")), event="台风")),
     [HANGZHOU], [SHENZHEN]),
    # Canada: one block for each area in each of two languages.
    (message(*(info(one, area(name, ("profile:CAP-CP:Location:0.3", "3500000")))
               for one in ("en-CA", "fr-CA") for name in ("Toronto", "Ottawa"))),
     [TORONTO, OTTAWA], [MUNICH]),
    # A state by name.
    (message(info("en-US", area("Texas", ("FIPS6", "048000")))), [HOUSTON, AUSTIN], [TORONTO]),
])  # fmt: skip
def test_whom_a_warning_concerns(body: bytes, inside: list[Place], outside: list[Place]) -> None:
    found = read_cap(body)
    assert found.faults == []
    for place in inside:
        assert touched(found.notices, place), place
    for place in outside:
        assert not touched(found.notices, place), place


def test_a_place_nobody_knows_touches_nobody_and_is_named() -> None:
    (found,) = read_cap(message(info("en-US", area("Xyzzy Flats Zone 9")))).notices
    notice, unknown = placed(found)
    assert unknown == ["Xyzzy Flats Zone 9"]
    assert not touched([notice], HOUSTON)


@pytest.mark.parametrize(
    "more", ["<responseType>AllClear</responseType>", "<responseType>None</responseType>"]
)
def test_an_all_clear_holds_nobody_up(more: str) -> None:
    found = read_cap(message(info("en-US", area("Houston"), more=more)))
    assert bool(found.notices) is ("AllClear" not in more)


def test_each_block_is_a_notice_of_its_own_for_ever_the_same() -> None:
    body = message(info("en", area("Berlin")), info("en", area("Leipzig"), severity="Extreme"))
    names = [one.identifier for one in read_cap(body).notices]
    assert (
        names == ["made-up-1", "made-up-1#2"] == [one.identifier for one in read_cap(body).notices]
    )


def test_what_is_taken_back_in_the_same_feed_does_not_hold() -> None:
    back = "<references>made.up@example.org,made-up-1,2026-11-20T05:00:00+00:00</references>"
    alert = message(info("en", area("Berlin")), info("en", area("Leipzig")))
    cancel = message(identifier="made-up-2", kind="Cancel", references=back)
    for bodies in ([alert, cancel], [cancel, alert]):
        found = read_all(bodies)
        assert (found.notices, found.ended) == ([], ["made.up@example.org,made-up-1"])


def test_one_bad_message_loses_no_other() -> None:
    bad = message(info("en", area("Berlin", shape="<circle>95.0,10.0 5</circle>")))
    nowhere = message(info("en"), identifier="made-up-3")
    good = message(info("en", area("Berlin")), identifier="made-up-2")
    found = read_all([bad, b"<html>", nowhere, good])
    assert [one.identifier for one in found.notices] == ["made-up-2"]
    assert len(found.faults) == 3
    with pytest.raises(CapError, match="no position on Earth"):
        read_all([bad])


def test_of_an_entrys_links_the_message_is_followed() -> None:
    feed = b"""<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://example.org/"/>
        <entry><link type="text/html" href="https://example.org/1.html"/>
        <link type="application/cap+xml" href="cap/1.xml"/></entry></feed>"""
    assert links_of(feed, "https://example.org/feeds/all.atom") == [
        "https://example.org/feeds/cap/1.xml"]  # fmt: skip


def test_a_province_may_be_given_by_hand() -> None:
    given = Notice(kind="weather", title="Typhoon", from_at=NOON,
                   areas=[Area(place="浙江", country="CN")])  # fmt: skip
    notice, unknown = placed(given)
    assert unknown == []
    assert touched([notice], HANGZHOU)
    assert not touched([notice], SHENZHEN)
