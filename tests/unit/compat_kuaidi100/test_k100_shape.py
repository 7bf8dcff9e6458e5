from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from milepost.compat.kuaidi100 import clock, shape, showing
from milepost.domain.place import Place
from milepost.domain.track import StatusView, Track

NOW_US = int(datetime(2026, 5, 3, 11, 0, tzinfo=clock.BEIJING).timestamp()) * 1_000_000


def result(track: Track, **asked: str) -> dict[str, Any]:
    return shape.result(track, "yuantong", shape.view_of(asked), NOW_US, "https://track.example")


@pytest.mark.parametrize("level", ["0", "1", "2", "4", "5", "6", "7", "8"])
def test_each_level(track: Track, expected: Any, level: str) -> None:
    assert result(track, resultv2=level) == expected(f"result_{level}")


def test_newest_first_and_what_was_taken_back_is_gone(track: Track) -> None:
    times = [one["time"] for one in result(track)["data"]]

    assert times == sorted(times, reverse=True)
    assert len(times) == 4
    assert [one["time"] for one in result(track, order="asc")["data"]] == times[::-1]


def test_an_unknown_scan_has_no_status_at_all(track: Track) -> None:
    unknown = result(track, resultv2="4")["data"][1]

    assert unknown["context"] == "到件装袋"
    assert (unknown["status"], unknown["statusCode"]) == ("", "")


def test_every_value_is_text(track: Track) -> None:
    answer = result(track, resultv2="8")

    assert answer.pop("isLoop") is False
    assert all(isinstance(value, str) for one in answer["data"] for value in one.values())
    plain = {name: answer[name] for name in answer if name not in ("data", "routeInfo")}
    plain.pop("predictedRoute")
    assert all(isinstance(value, str) for value in plain.values())


def test_state_is_basic_below_level_four(track: Track) -> None:
    status = StatusView(main="delivered", sub="delivered.proxy/neighbor", since=None, because=[])
    signed = replace(track, status=status)

    assert (result(signed)["state"], result(signed)["ischeck"]) == ("3", "1")
    assert result(signed, resultv2="1")["state"] == "3"
    assert result(signed, resultv2="4")["state"] == "303"
    assert result(signed)["condition"] == "F00"


def test_only_level_seven_has_no_map_page(track: Track) -> None:
    assert result(track, resultv2="5")["trailUrl"] == "https://track.example/t/YT8800112233445"
    assert result(track, resultv2="7")["trailUrl"] is None
    assert "trailUrl" not in result(track, resultv2="8")


def test_english_names(track: Track) -> None:
    assert result(track, resultv2="1", lang="en")["data"][-1]["status"] == "Picked up"


def test_what_the_client_says_of_the_ends_fills_what_is_not_known(track: Track) -> None:
    bare = replace(track, origin=None, destination=None)
    asked = {"resultv2": "4", "from": "广东省深圳市", "to": "北京市朝阳区"}
    info = shape.result(bare, "yuantong", shape.view_of(asked), NOW_US, "")["routeInfo"]

    assert info["to"] == {"number": "CN110000000000", "name": "北京市朝阳区"}
    assert info["from"]["name"] == "广东省深圳市"


def test_nothing_is_said_of_an_arrival_that_nobody_knows(track: Track) -> None:
    assert track.arrival is not None
    guessed = replace(track.arrival, source="table", guess=True)

    for arrival in (None, guessed):
        answer = result(replace(track, arrival=arrival), resultv2="8")
        assert (answer["arrivalTime"], answer["remainTime"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "place", "wall"),
    [
        ("2026-05-01T02:00:00Z", None, "2026-05-01 10:00:00"),
        ("2026-05-01T10:00:00", None, "2026-05-01 10:00:00"),
        ("2026-05-01", None, "2026-05-01 00:00:00"),
        ("2026-05-01T10:00:00+02:00", Place(country="DE"), "2026-05-01 10:00:00"),
        ("2026-05-01T10:00:00+08:00", Place(country="CN"), "2026-05-01 10:00:00"),
    ],
)
def test_wall_clock(text: str, place: Place | None, wall: str) -> None:
    assert clock.wall(text, place) == wall


def test_shown_as_xml_html_and_text(track: Track) -> None:
    answer = result(track)
    answer["data"][0]["context"] = "<b>&"

    xml, kind = showing.WAYS["1"](answer)
    assert kind == "text/xml"
    assert "<context>&lt;b&gt;&amp;</context>" in xml
    assert "<isLoop>false</isLoop>" in xml
    assert "<td>&lt;b&gt;&amp;</td>" in showing.WAYS["2"](answer)[0]
    assert showing.WAYS["3"](answer)[0].startswith("2026-05-03 08:10:00 <b>&\n")
