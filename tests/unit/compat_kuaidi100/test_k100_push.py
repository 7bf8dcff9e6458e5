from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from msgspec.structs import replace

from milepost.compat.core import Change, Watch
from milepost.compat.kuaidi100 import company, push, sign
from milepost.domain.track import Leg, StatusView, Track

ADDED = Change(topic="shipment.event_added", message="m1")
NOW_US = 1_777_777_200 * 1_000_000
DAY_US = 86_400 * 1_000_000


def watch(**more: Any) -> Watch:
    given: dict[str, Any] = {
        "tenant": 1,
        "dialect": "kuaidi100",
        "number": "YT8800112233445",
        "carrier_code": "yuantong",
        "carrier": "yto",
        "callback": "https://shop.example/k100?order=7",
        "secret": "salt8",
        "options": {"resultv2": "4", "base_url": "https://track.example"},
        "created_us": NOW_US - DAY_US,
    }
    return Watch(**(given | more))


def told(one: Watch, track: Track, change: Change = ADDED) -> dict[str, Any]:
    found = push.message(one, track, change, NOW_US)
    assert found is not None
    return found


def with_status(track: Track, sub: str) -> Track:
    status = StatusView(main=sub.partition(".")[0], sub=sub, since=None, because=[])
    return replace(track, status=status)


def test_form_with_a_sign_over_the_text_that_is_sent(track: Track) -> None:
    out = push.Push().request(watch(), track, ADDED, NOW_US)

    assert out is not None
    assert out.url == "https://shop.example/k100?order=7"
    assert out.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    fields = {name: values[0] for name, values in parse_qs(out.body.decode()).items()}
    assert fields["sign"] == sign.of_push(fields["param"], "salt8")
    param = json.loads(fields["param"])
    assert param["status"] == "polling"
    assert param["lastResult"]["data"][0]["statusCode"] == "5"
    assert param["lastResult"]["com"] == "yuantong"


def test_without_a_salt_there_is_no_sign(track: Track) -> None:
    out = push.Push().request(watch(secret=None), track, ADDED, NOW_US)

    assert out is not None
    assert "sign" not in parse_qs(out.body.decode())


@pytest.mark.parametrize(
    ("sub", "status", "message"),
    [
        ("in_transit.moving", "polling", ""),
        ("delivered.recipient", "shutdown", ""),
        ("returned", "shutdown", ""),
        ("exception.cancelled", "shutdown", ""),
        ("returning", "polling", ""),
        ("expired", "abort", "60天无变化时"),
        ("pending.no_carrier_info_timeout", "abort", "3天查询无记录"),
    ],
)
def test_status_of_the_subscription(track: Track, sub: str, status: str, message: str) -> None:
    found = told(watch(), with_status(track, sub))

    assert (found["status"], found["message"]) == (status, message)
    ends = push.Push().ends(watch(), with_status(track, sub))
    assert ends is (status != "polling")


def test_a_wrong_company_is_corrected(track: Track) -> None:
    wrong = watch(carrier_code="zhongtong", carrier="zto")

    found = told(wrong, track)

    assert (found["autoCheck"], found["comOld"], found["comNew"]) == ("1", "zhongtong", "yuantong")
    assert found["lastResult"]["com"] == "yuantong"
    assert told(watch(), track)["autoCheck"] == "0"


def test_a_branch_is_not_another_company(track: Track) -> None:
    deppon = replace(track, carrier="deppon", legs=[])

    assert told(watch(carrier_code="debangwuliu", carrier="deppon-freight"), deppon)[
        "autoCheck"
    ] == "0"  # fmt: skip
    assert company.house_of("dhl-express") == company.house_of("dhl")
    assert company.house_of("zto-freight") == "zto"
    assert company.house_of("ems") == "china-post"
    assert company.involved(track, "ems") is False
    assert company.involved(track, None) is True


def test_silence_is_no_news_for_three_days_and_then_an_abort(track: Track) -> None:
    empty = replace(track, events=[])

    assert push.message(watch(), empty, ADDED, NOW_US) is None
    old = watch(created_us=NOW_US - 3 * DAY_US, carrier_code="zhongtong", carrier="zto")
    found = told(old, empty)
    assert (found["status"], found["autoCheck"], found["comNew"]) == ("abort", "0", "yuantong")
    assert found["lastResult"]["data"] == []
    assert not push.Push().ends(old, empty)  # it goes on under the other company

    again = replace(old, options={push.SILENCES: 2})
    assert told(again, empty)["comNew"] == ""
    assert push.Push().ends(again, empty)
    right = replace(old, carrier_code="yuantong")
    assert told(right, empty)["comNew"] == ""
    assert push.Push().ends(right, empty)


def test_pushed_again_after_the_end(track: Track) -> None:
    again = Change(topic="watch.pushed")

    assert told(watch(active=False), track, again)["status"] == "updateall"
    assert told(watch(), track, again)["status"] == "polling"


def test_two_roads_abroad(track: Track) -> None:
    first = Leg(number=track.number, carrier="yto", main="in_transit", sub="in_transit.moving",
                started_at=None, ended_at=None)  # fmt: skip
    second = Leg(number="LX1", carrier="usps", main="delivered", sub="delivered",
                 started_at=None, ended_at=None)  # fmt: skip
    event = replace(track.events[-1], id="u1", number="LX1", carrier="usps", sub="delivered")
    both = replace(track, legs=[first, second], events=[*track.events, event])

    assert "destResult" not in told(watch(), both)
    found = told(watch(options={"interCom": "1", "resultv2": "4"}), both)
    assert found["lastResult"]["nu"] == track.number
    assert len(found["lastResult"]["data"]) == 4
    assert found["destResult"]["com"] == "usps"
    assert [one["statusCode"] for one in found["destResult"]["data"]] == ["3"]


@pytest.mark.parametrize(
    ("status", "body", "taken"),
    [
        (200, b'{"result":true,"returnCode":"200","message":"\xe6\x88\x90\xe5\x8a\x9f"}', True),
        (200, b'{"result":"true","returnCode":200}', True),
        (200, b'{"result":false,"returnCode":"500"}', False),
        (200, b'{"returnCode":"200"}', False),
        (200, b"success", False),
        (200, b"[]", False),
        (200, b"\xff", False),
        (500, b'{"result":true,"returnCode":"200"}', False),
    ],
)
def test_acknowledgement(status: int, body: bytes, taken: bool) -> None:
    assert push.Push().acknowledged(status, body) is taken


def test_three_retries() -> None:
    assert push.Push.RETRY_S == (2100, 2100, 2100)
