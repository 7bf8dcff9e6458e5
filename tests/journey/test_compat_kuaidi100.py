"""Kuaidi100's wire against the running application: queries, subscriptions, pushes, errors."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from hashlib import md5
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest

from clients import Sink, free_port, serving, sink
from milepost.cli.keys import create_credentials, create_key
from milepost.compat.core.discovery import all_dialects
from milepost.settings import Settings
from milepost.wiring import build_app
from patience import until

pytest_plugins = ["pg"]
TAKEN = (200, '{"result":true,"returnCode":"200","message":"成功"}'.encode())
HALF_AN_HOUR_US, DAY_US = 1_800_000_000, 86_400_000_000
_numbers = count(880011223300)


class Clock:
    """What the server takes for now; tests move it."""

    ahead_us = 0

    def us(self) -> int:
        return time.time_ns() // 1_000 + self.ahead_us


class Shop:
    """A merchant that talks Kuaidi100, and its carriers, which talk to Milepost."""

    def __init__(self, url: str, settings: Settings, tenant: str) -> None:
        self.url = url
        dialect = all_dialects()["kuaidi100"]
        made = asyncio.run(create_credentials(settings, tenant, dialect, None))
        self.customer, self.key, self.secret = (
            made[name] for name in ("customer", "key", "secret")
        )
        self._native = asyncio.run(create_key(settings, tenant, "carriers"))

    def query(self, path: str = "/poll/query.do", **param: Any) -> dict[str, Any]:
        text = json.dumps(param, ensure_ascii=False)
        signed = {"customer": self.customer, "param": text}
        return self.form(path, **signed, sign=md5_of(text, self.key, self.customer))

    def poll(self, path: str = "/poll", **param: Any) -> dict[str, Any]:
        text = json.dumps({"key": self.key} | param, ensure_ascii=False)
        return self.form(path, schema="json", param=text)

    def order(self, method: str = "time", **param: Any) -> dict[str, Any]:
        text, t = json.dumps(param, ensure_ascii=False), "1800000000000"
        right = md5_of(text, t, self.key, self.secret)
        return self.form("/label/order", method=method, key=self.key, t=t, param=text, sign=right)

    def form(self, path: str, **fields: str) -> dict[str, Any]:
        answer = httpx2.post(self.url + path, data=fields, timeout=20)
        assert answer.status_code == 200
        return answer.json()

    def get(self, path: str, **fields: str) -> Any:
        answer = httpx2.get(self.url + path, params={"key": self.key} | fields, timeout=20)
        assert answer.status_code == 200
        return answer.json()

    def scan(self, number: str, code: str, at: str, carrier: str = "yto", **more: Any) -> None:
        """What the carrier tells Milepost."""
        scan = {"number": number, "carrier": carrier, "code": code, "occurred_at": at, **more}
        headers = {"Authorization": f"Bearer {self._native}"}
        answer = httpx2.post(f"{self.url}/v1/scans", json=[scan], headers=headers, timeout=20)
        assert answer.status_code == 202, answer.text
        assert answer.json()["rejected"] == []

    def settled(self, number: str) -> None:
        """Until the server has written down what became of its pushes."""
        headers = {"Authorization": f"Bearer {self._native}"}
        asked = {"number": number, "dialect": "kuaidi100"}

        def open_ones() -> list[str]:
            answer = httpx2.get(
                f"{self.url}/v1/deliveries", params=asked, headers=headers, timeout=20
            )
            found = answer.json()["deliveries"]
            assert found
            return [one["id"] for one in found if one["state"] == "pending" and not one["attempts"]]

        until(lambda: not open_ones())

    def road(self) -> str:
        """A parcel of YTO that is on its way."""
        number = f"YT{next(_numbers)}0"
        self.scan(number, "picked_up", "2026-05-01T17:20:00+08:00", place="广东深圳市",
                  text="小陈已揽收")  # fmt: skip
        self.scan(number, "in_transit.arrived_dest_city", "2026-05-02T21:05:00+08:00",
                  place="四川成都市", text="到达成都")  # fmt: skip
        return number


def md5_of(*texts: str) -> str:
    return md5("".join(texts).encode()).hexdigest().upper()


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def settings(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    data: Path = tmp_path_factory.mktemp("kuaidi100")
    return Settings(
        data=data, database=module_url, port=free_port(), allow_private_targets=True
    )  # fmt: skip


@pytest.fixture(scope="module")
def url(settings: Settings, clock: Clock) -> Iterator[str]:
    with serving(build_app(settings, clock.us), settings.port) as address:
        yield address


@pytest.fixture(scope="module")
def shop(url: str, settings: Settings) -> Shop:
    return Shop(url, settings, "a shop")


@pytest.fixture(scope="module")
def other_shop(url: str, settings: Settings) -> Shop:
    return Shop(url, settings, "another shop")


@pytest.fixture
def receiver() -> Iterator[Sink]:
    with sink() as made:
        made.answer = TAKEN
        yield made


def pushed(receiver: Sink, at: int) -> dict[str, Any]:
    """The `param` of the push that came as number `at`."""
    body = parse_qs(receiver.wait(at)[at - 1].body.decode())
    return json.loads(body["param"][0])


def fault(answer: dict[str, Any]) -> str:
    assert answer["result"] is False
    assert answer["message"]
    assert "data" not in answer
    return str(answer["returnCode"])


@pytest.mark.parametrize("level", ["0", "1", "2", "4", "8"])
def test_query_at_every_level(shop: Shop, level: str) -> None:
    number = shop.road()

    answer = shop.query(com="yuantong", num=number, resultv2=level)

    assert (answer["message"], answer["status"], answer["com"]) == ("ok", "200", "yuantong")
    assert [one["time"] for one in answer["data"]] == ["2026-05-02 21:05:00", "2026-05-01 17:20:00"]
    assert answer["state"] == ("1001" if level in "48" else "0")
    assert ("statusCode" in answer["data"][0]) is (level in "48")
    assert ("routeInfo" in answer) is (level in "248")
    assert ("predictedRoute" in answer) is (level == "8")


@pytest.mark.parametrize("level", ["5", "6", "7"])
def test_map_at_every_level(shop: Shop, level: str) -> None:
    number = shop.road()
    ends = {"from": "广东省深圳市", "to": "四川省成都市"}

    answer = shop.query("/poll/maptrack.do", com="yuantong", num=number, resultv2=level, **ends)

    page = None if level == "7" else f"{shop.url}/t/{number}"
    assert answer["trailUrl"] == page
    assert answer["routeInfo"]["to"]["name"] == "四川省成都市"
    assert fault(shop.query("/poll/maptrack.do", com="yuantong", num=number)) == "400"


def test_every_client_encodes_as_it_likes(shop: Shop) -> None:
    number = shop.road()
    text = json.dumps({"num": number, "com": "yuantong", "extra": {"中": 1}}, indent=2)
    right = md5_of(text, shop.key, shop.customer)

    found = shop.form("/poll/query.do", customer=shop.customer, sign=right, param=text, x="1")

    assert found["nu"] == number


def test_shown_in_other_forms(shop: Shop) -> None:
    number = shop.road()
    text = json.dumps({"num": number, "com": "yuantong", "show": "1"})
    fields = {"customer": shop.customer, "param": text,
              "sign": md5_of(text, shop.key, shop.customer)}  # fmt: skip

    answer = httpx2.post(f"{shop.url}/poll/query.do", data=fields)

    assert answer.headers["content-type"].startswith("text/xml")
    assert f"<nu>{number}</nu>" in answer.text


def test_faults_of_a_query(shop: Shop, other_shop: Shop) -> None:
    number = shop.road()
    text = json.dumps({"com": "yuantong", "num": number})
    right = md5_of(text, shop.key, shop.customer)
    send = {"customer": shop.customer, "param": text, "sign": right}

    assert fault(shop.form("/poll/query.do", **send | {"sign": "0" * 32})) == "503"
    assert fault(shop.form("/poll/query.do", **send | {"sign": right.lower()})) == "503"
    assert fault(shop.form("/poll/query.do", **send | {"param": text + " "})) == "503"
    assert fault(shop.form("/poll/query.do", **send | {"customer": "NOBODY"})) == "400"
    assert fault(shop.form("/poll/query.do", param=text)) == "400"
    assert fault(shop.query(com="yuantong")) == "400"
    assert fault(shop.query(com="nosuchcompany", num=number)) == "400"
    assert fault(shop.query(com="yuantong", num="12345")) == "400"
    assert fault(shop.query(com="yuantong", num="Y" * 33)) == "400"
    assert fault(shop.query(com="yuantong", num="YT000000000001")) == "500"
    assert fault(shop.query(com="yunda", num=number)) == "500"
    assert fault(other_shop.query(com="yuantong", num=number)) == "500"
    assert fault(shop.get("/poll/query.do", **send)) == "500"
    bad = httpx2.post(f"{shop.url}/poll/query.do", content=b"param=%ff%fe&sign=1&customer=2")
    assert fault(bad.json()) == "400"
    huge = httpx2.post(f"{shop.url}/poll/query.do", content=b"param=" + b"x" * 300_000)
    assert fault(huge.json()) == "400"


@pytest.mark.parametrize("text", ["[]", "null", "{", '"x"', '{"num":{},"com":[]}'])
def test_param_that_is_no_question(shop: Shop, text: str) -> None:
    right = md5_of(text, shop.key, shop.customer)

    answer = shop.form("/poll/query.do", customer=shop.customer, sign=right, param=text)

    assert fault(answer) == "400"


@pytest.mark.parametrize(
    ("com", "carrier"),
    [("shunfeng", "sf"), ("shunfengkuaiyun", "sf-freight"), ("zhongtong", "zto")],
)
def test_sf_and_zto_want_a_phone(shop: Shop, receiver: Sink, com: str, carrier: str) -> None:
    number = f"7{next(_numbers)}"
    shop.scan(number, "picked_up", "2026-05-01T17:20:00+08:00", carrier=carrier)

    assert fault(shop.query(com=com, num=number)) == "408"
    assert fault(shop.query(com=com, num=number, phone="99")) == "408"
    assert shop.query(com=com, num=number, phone="13800004321")["nu"] == number
    inner = {"callbackurl": receiver.url, "phone": "13800004321"}
    assert fault(shop.poll(company=com, number=number,
                           parameters={"callbackurl": receiver.url})) == "408"  # fmt: skip
    assert shop.poll(company=com, number=number, parameters=inner)["returnCode"] == "200"
    assert shop.query(com=com, num=number, phone="4321")["nu"] == number
    assert fault(shop.query(com=com, num=number, phone="9999")) == "408"


def test_subscribe_and_be_pushed(shop: Shop, receiver: Sink) -> None:
    number = f"YT{next(_numbers)}0"
    inner = {"callbackurl": f"{receiver.url}/cb?order=7", "salt": "pepper", "resultv2": "4"}

    said = shop.poll(company="yuantong", number=number, parameters=inner)

    assert (said["result"], said["returnCode"], said["message"]) == (True, "200", "提交成功")
    assert fault(shop.poll(company="yuantong", number=number, parameters=inner)) == "501"
    assert fault(shop.query(com="yuantong", num=number)) == "500"
    assert receiver.got == []

    shop.scan(number, "picked_up", "2026-05-01T17:20:00+08:00", text="小陈已揽收")
    first = pushed(receiver, 1)
    form = parse_qs(receiver.got[0].body.decode())
    assert receiver.got[0].path == "/cb?order=7"
    assert form["sign"] == [md5_of(form["param"][0], "pepper")]
    assert (first["status"], first["autoCheck"]) == ("polling", "0")
    assert first["lastResult"]["data"][0]["context"] == "小陈已揽收"

    shop.scan(number, "delivered.recipient", "2026-05-03T09:00:00+08:00")
    last = pushed(receiver, 2)
    assert last["status"] == "shutdown"
    assert (last["lastResult"]["state"], last["lastResult"]["ischeck"]) == ("301", "1")
    assert [one["statusCode"] for one in last["lastResult"]["data"]] == ["301", "103"]


def test_after_the_end_nothing_comes_and_half_an_hour_later_one_may_subscribe_again(
    shop: Shop, receiver: Sink, clock: Clock
) -> None:
    number = shop.road()
    asked = {"company": "yuantong", "number": number, "parameters": {"callbackurl": receiver.url}}
    shop.poll(**asked)
    assert pushed(receiver, 1)["status"] == "polling"
    shop.scan(number, "delivered", "2026-05-03T09:00:00+08:00")
    assert pushed(receiver, 2)["status"] == "shutdown"
    shop.settled(number)

    shop.scan(number, "in_transit.moving", "2026-05-02T22:00:00+08:00")
    assert fault(shop.poll(**asked)) == "501"
    clock.ahead_us += HALF_AN_HOUR_US
    assert shop.poll(**asked)["returnCode"] == "200"

    assert pushed(receiver, 3)["status"] == "shutdown"
    assert len(receiver.got) == 3


def test_a_wrong_company_is_corrected(shop: Shop, receiver: Sink) -> None:
    number = f"YT{next(_numbers)}0"
    shop.poll(company="yunda", number=number, parameters={"callbackurl": receiver.url})

    shop.scan(number, "picked_up", "2026-05-01T17:20:00+08:00")

    told = pushed(receiver, 1)
    assert (told["autoCheck"], told["comOld"], told["comNew"]) == ("1", "yunda", "yuantong")
    assert told["lastResult"]["com"] == "yuantong"


def test_an_unacknowledged_push_is_no_success(shop: Shop, receiver: Sink) -> None:
    number = f"YT{next(_numbers)}0"
    receiver.next.append((200, b'{"result":false,"returnCode":"500","message":"no"}'))
    shop.poll(company="yuantong", number=number, parameters={"callbackurl": receiver.url})
    shop.scan(number, "delivered", "2026-05-03T09:00:00+08:00")
    receiver.wait(1)
    shop.settled(number)

    # Had it been taken, the subscription would have ended and told nothing more.
    shop.scan(number, "delivered.recipient", "2026-05-03T09:01:00+08:00")

    assert pushed(receiver, 2)["status"] == "shutdown"


def test_three_days_of_silence_end_a_subscription(
    url: str, settings: Settings, receiver: Sink, clock: Clock
) -> None:
    shop, number = Shop(url, settings, "a patient shop"), "YT5500112233445"
    asked = {"company": "yuantong", "number": number, "parameters": {"callbackurl": receiver.url}}
    shop.poll(**asked)
    clock.ahead_us += 3 * DAY_US

    told = pushed(receiver, 1)
    assert (told["status"], told["message"]) == ("abort", "3天查询无记录")
    assert (told["autoCheck"], told["comNew"]) == ("0", "")
    shop.settled(number)
    shop.scan(number, "picked_up", "2026-05-01T17:20:00+08:00")
    assert fault(shop.poll(**asked)) == "501"
    clock.ahead_us += HALF_AN_HOUR_US
    assert shop.poll(**asked)["returnCode"] == "200"  # the scan alone was not pushed
    assert pushed(receiver, 2)["status"] == "polling"
    assert len(receiver.got) == 2


def test_a_silent_subscription_goes_on_under_the_right_company(
    url: str, settings: Settings, receiver: Sink, clock: Clock
) -> None:
    shop, number = Shop(url, settings, "a shop that errs"), "YT5500112233452"
    asked = {"company": "yunda", "number": number, "parameters": {"callbackurl": receiver.url}}
    shop.poll(**asked)
    clock.ahead_us += 3 * DAY_US

    told = pushed(receiver, 1)
    assert (told["status"], told["autoCheck"], told["comNew"]) == ("abort", "0", "yuantong")
    shop.settled(number)
    shop.scan(number, "picked_up", "2026-05-01T17:20:00+08:00")
    later = pushed(receiver, 2)
    assert (later["status"], later["autoCheck"]) == ("polling", "1")
    assert (later["comOld"], later["comNew"]) == ("yunda", "yuantong")
    clock.ahead_us += HALF_AN_HOUR_US
    assert fault(shop.poll(**asked)) == "501"


def test_three_more_days_of_silence_are_the_end(
    url: str, settings: Settings, receiver: Sink, clock: Clock
) -> None:
    shop, number = Shop(url, settings, "a shop that waits"), "YT5500112233469"
    asked = {"company": "yunda", "number": number, "parameters": {"callbackurl": receiver.url}}
    shop.poll(**asked)
    for at, company in ((1, "yuantong"), (2, "")):
        clock.ahead_us += 3 * DAY_US
        told = pushed(receiver, at)
        assert (told["status"], told["comNew"]) == ("abort", company)
        shop.settled(number)
    assert fault(shop.poll(**asked)) == "501"
    clock.ahead_us += HALF_AN_HOUR_US
    assert shop.poll(**asked)["returnCode"] == "200"


def test_the_company_may_be_left_open(shop: Shop, receiver: Sink) -> None:
    number = "YT3300112233445"
    inner = {"callbackurl": receiver.url, "autoCom": "1"}

    assert shop.poll(number=number, parameters=inner)["returnCode"] == "200"
    assert fault(shop.poll(number="ZZZZZZ!?", parameters=inner)) in {"700", "702"}
    assert fault(shop.poll(number="QQQQQQQ", parameters=inner)) == "702"


def test_map_subscription(shop: Shop, receiver: Sink) -> None:
    number = shop.road()
    asked = {"company": "yuantong", "number": number, "parameters": {"callbackurl": receiver.url}}

    assert fault(shop.poll("/pollmap", **asked)) == "700"
    said = shop.poll("/pollmap", **asked, **{"from": "广东省深圳市", "to": "四川省成都市"})
    assert said["returnCode"] == "200"
    result = pushed(receiver, 1)["lastResult"]
    assert result["trailUrl"] == f"{shop.url}/t/{number}"
    assert result["routeInfo"]["from"]["name"] == "广东省深圳市"


def test_faults_of_a_subscription(shop: Shop, receiver: Sink) -> None:
    inner = {"callbackurl": receiver.url}
    good: dict[str, Any] = {"company": "yuantong", "number": "YT4400112233445", "parameters": inner}

    assert fault(shop.poll(**good | {"key": "nobody"})) == "600"
    assert fault(shop.poll(**good | {"number": ""})) == "700"
    assert fault(shop.poll(**good | {"number": "9" * 40})) == "700"
    assert fault(shop.poll(**good | {"company": "nosuch"})) == "700"
    assert fault(shop.poll(**good | {"parameters": {}})) == "700"
    assert fault(shop.poll(**good | {"parameters": {"callbackurl": "ftp://x"}})) == "700"
    assert fault(shop.form("/poll", schema="json", param="{")) == "700"
    assert fault(shop.form("/poll", schema="json")) == "700"


def test_auto_number(shop: Shop) -> None:
    best = shop.get("/autonumber/auto", num="YT3300112233445")[0]

    assert (best["comCode"], best["lengthPre"], best["noPre"]) == ("yuantong", 15, "YT")
    assert shop.get("/autonumber/auto", num="?") == []
    assert fault(shop.get("/autonumber/auto", num="YT33", key="nobody")) == "600"
    assert shop.form("/autonumber/auto", key=shop.key, num="YT3300112233445")[0] == best


def test_when_will_it_come(shop: Shop) -> None:
    asked = {"kuaidicom": "yuantong", "from": "广东省深圳市", "to": "四川省成都市",
             "orderTime": "2030-05-01 10:00:00"}  # fmt: skip

    answer = shop.order(**asked)

    assert answer["returnCode"] == "200"
    assert answer["data"]["arrivalTime"] == "2030-05-04 18:00:00"
    assert answer["data"]["deliveryExpendTime"] == "3"
    assert fault(shop.order("print", **asked)) == "400"
    assert fault(shop.order(**asked | {"to": "nowhere"})) == "400"
    wrong = shop.form("/label/order", method="time", key=shop.key, t="1", param="{}", sign="x")
    assert fault(wrong) == "503"
    assert shop.get("/stdio/estimateTime", **asked)["arrivalTime"] == "2030-05-04 18:00:00"
    road = json.dumps([{"time": "2030-05-02 09:00:00", "status": "揽收"}])
    later = shop.get("/stdio/estimateTimeWithLogistic", **asked, logistic=road)
    assert later["arrivalTime"] == "2030-05-05 18:00:00"


def test_stdio_reads(shop: Shop) -> None:
    number = shop.road()

    trace = shop.get("/stdio/queryTrace", kuaidiNum=number)

    assert (trace["kuaidiCom"], trace["kuaidiNum"], trace["state"]) == ("yuantong", number, "在途")
    assert trace["data"][0] == {
        "time": "2026-05-02 21:05:00", "status": "到达派件城市", "context": "到达成都",
    }  # fmt: skip
    shown = httpx2.get(
        f"{shop.url}/stdio/queryTrace",
        params={"key": shop.key, "kuaidiNum": number, "responseFormat": "markdown"},
    )
    assert "| 2026-05-02 21:05:00 | 到达派件城市 | 到达成都 |" in shown.text
    found = shop.get("/stdio/autoNumber", kuaidiNum="YT3300112233445")
    assert found["data"][0]["comCode"] == "yuantong"
    price = shop.get("/stdio/estimatePrice", kuaidicom="yuantong", sendAddr="深圳", recAddr="成都")
    assert (price["weight"], price["combos"]) == ("1", [])


def test_faults_of_stdio_are_a_message(shop: Shop) -> None:
    assert set(shop.get("/stdio/queryTrace", kuaidiNum="YT0000000000009")) == {"message"}
    assert set(shop.get("/stdio/queryTrace", kuaidiNum="YT1", key="nobody")) == {"message"}
    assert set(shop.get("/stdio/autoNumber", kuaidiNum="?")) == {"message"}
    assert set(shop.get("/stdio/estimatePrice", kuaidicom="nosuch")) == {"message"}
