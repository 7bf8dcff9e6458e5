"""CAP 1.2 messages in every order in which feeds give them; all values made up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from journey.running import Caller, Running, scan

pytest_plugins = ["pg"]
SHAPE = "<polygon>30.5,120.5 30.5,122.5 32.0,122.5 32.0,120.5 30.5,120.5</polygon>"
SHANGHAI = {"name": "上海", "city": "上海", "country": "CN"}
NUMBER = "WARNED1"


def block(event: str, where: str = SHAPE, language: str = "en-GB", more: str = "") -> str:
    return (f"<info><language>{language}</language><category>Met</category><event>{event}</event>"
            "<urgency>Immediate</urgency><severity>Severe</severity><certainty>Observed</certainty>"
            f"<onset>2026-11-20T08:00:00+00:00</onset>{more}"
            f"<area><areaDesc>made up</areaDesc>{where}</area></info>")  # fmt: skip


def message(name: str, *blocks: str, kind: str = "Alert", of: str = "",
            sender: str = "one@example.org", status: str = "Actual") -> bytes:  # fmt: skip
    back = f"<references>{sender},{of},2026-11-20T09:00:00+00:00</references>" if of else ""
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{name}</identifier><sender>{sender}</sender>"
        f"<sent>2026-11-20T09:00:00+00:00</sent><status>{status}</status>"
        f"<msgType>{kind}</msgType><scope>Public</scope>{back}{''.join(blocks)}</alert>"
    ).encode()


def warn(me: Caller, *bodies: bytes) -> dict[str, Any]:
    for body in bodies:
        answer = me.post("/v1/notices/cap", body, kind="application/cap+xml")
        assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.fixture
def shown(app: Running, me: Caller) -> Any:
    """What the road of a parcel in Shanghai shows a moment later."""
    me.scan(scan(NUMBER, 1, place=SHANGHAI))

    def titles() -> list[str]:
        app.clock.now += timedelta(seconds=1)
        app.milepost.engine.answers.clear()
        return sorted(one["title"] for one in me.track(NUMBER)["notices"])

    return titles


def test_what_is_taken_back_before_it_comes_never_holds(me: Caller, shown: Any) -> None:
    warn(me, message("b2", kind="Cancel", of="b1"), message("b1", block("Late")))
    warn(me, message("c2", block("New"), kind="Update", of="c1"), message("c1", block("Old")))
    warn(me, message("d1", block("Wrong")), message("d2", kind="Error", of="d1"))
    assert shown() == ["New"]
    assert [one["notice"]["title"] for one in me.get("/v1/notices").json()["notices"]] == [
        "New", "Wrong"]  # fmt: skip


def test_two_senders_may_use_one_identifier(me: Caller, shown: Any) -> None:
    other = "two@example.net"
    warn(me, message("e1", block("One")), message("e1", block("Two"), sender=other))
    assert shown() == ["One", "Two"]
    warn(me, message("e2", kind="Cancel", of="e1", sender=other))
    assert shown() == ["One"]


@pytest.mark.parametrize(("kind", "value"), [
    ("ISO3166-2", "CN-31"), ("ISO3166-2", "CN-SH"), ("adcode", "310000"),
])  # fmt: skip
def test_a_code_may_say_where(me: Caller, shown: Any, kind: str, value: str) -> None:
    code = f"<geocode><valueName>{kind}</valueName><value>{value}</value></geocode>"
    told = warn(me, message("f1", block("Coded", code)))
    assert told["unplaced"] == []
    assert shown() == ["Coded"]


def test_a_warning_that_does_not_say_until_when_does_not_hold_for_ever(
    app: Running, me: Caller, shown: Any
) -> None:
    warn(me, message("g1", block("Endless")))
    assert shown() == ["Endless"]
    app.clock.now += timedelta(days=3)
    assert shown() == []


def test_what_is_said_in_several_languages_is_kept_in_all(me: Caller, shown: Any) -> None:
    warn(me, message("h1", block("台风", language="zh-CN"), block("Typhoon")))
    assert shown() == ["Typhoon"]
    (notice,) = me.track(NUMBER)["notices"]
    assert notice["translations"] == [{"language": "zh-CN", "title": "台风", "text": ""}]


def test_what_is_left_out_is_named_and_what_is_no_message_is_refused(me: Caller) -> None:
    assert warn(me, message("i1", block("x"), status="Exercise"))["left_out"] == ["i1: Exercise"]
    for body in (b"<x/>", message("i2", block("x"), status="Maybe")):
        assert me.post("/v1/notices/cap", body, kind="application/cap+xml").status_code == 400


@pytest.mark.parametrize("wrong", [
    {"areas": [{}]}, {"areas": [{"latitude": 31.0}]}, {"areas": [{"polygon": [[31, 121]]}]},
    {"lanes": [{}]}, {"lane": {"origin": "CN"}},
    {"areas": [{"latitude": 31.0, "longitude": 121.0, "radius": 5}]},
])  # fmt: skip
def test_a_notice_for_nowhere_or_nobody_is_refused(me: Caller, wrong: dict[str, Any]) -> None:
    body = {"kind": "peak", "title": "Peak", "from_at": "2026-11-20T00:00:00Z", **wrong}
    assert me.post("/v1/notices", body).status_code == 422
