"""Kdniao's wire as any client sees it, against a running server."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx2
import pytest

from journey.compat.serving import Account, Served, receiver
from milepost.compat.kdniao.routes import PATHS
from milepost.compat.kdniao.sign import data_sign

pytest_plugins = ["pg"]
pytestmark = pytest.mark.server
TAKEN = b'{"EBusinessID":"1","UpdateTime":"2026-11-20 12:00:00","Success":true,"Reason":""}'
RECENTLY = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)


def ask(
    account: Account, kind: str, data: dict[str, Any] | str, *, path: str = PATHS[0],
    twice: bool = False, **changed: str,
) -> dict[str, Any]:  # fmt: skip
    """One call; `twice` encodes RequestData and DataSign once more, as official samples do."""
    text = data if isinstance(data, str) else json.dumps(data, sort_keys=True)
    form = {
        "RequestData": text, "EBusinessID": account.fields["EBusinessID"], "RequestType": kind,
        "DataSign": data_sign(text, account.fields["ApiKey"]), "DataType": "2", "extra": "ignored",
    } | changed  # fmt: skip
    if twice:
        form |= {name: quote(form[name], safe="") for name in ("RequestData", "DataSign")}
    answer = httpx2.post(
        account.server.url + path, content=urlencode(form),
        headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
    )  # fmt: skip
    assert answer.status_code == 200
    return dict(answer.json())


def scan(number: str, code: str, hours: float = 0, **more: Any) -> dict[str, Any]:
    at = RECENTLY + timedelta(hours=hours)
    given = {"number": number, "code": code, "carrier": "yto", "occurred_at": at.isoformat()}
    return given | {"text": f"{code} 测试"} | more


@pytest.fixture(scope="module")
def account(server: Served) -> Account:
    made = server.account("kdniao")
    made.scan(
        scan("YT7007007001", "picked_up", place="福州市"),
        scan("YT7007007001", "in_transit.arrived_hub", 2, place="上海市"),
    )
    return made


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("kind", ["1002", "8001", "8002", "8003", "7101"])
def test_every_query_on_every_path(account: Account, path: str, twice: bool, kind: str) -> None:
    data = {
        "ShipperCode": "YTO",
        "LogisticCode": "YT7007007001",
        "OrderCode": "A-7",
        "Callback": "x",
    }

    found = ask(account, kind, data, path=path, twice=twice)

    assert found["Success"] is True
    assert (found["State"], found["StateEx"]) == ("2", "204")
    assert [one["Action"] for one in found["Traces"]] == ["1", "204"]
    assert (found["OrderCode"], found["Callback"], found["CallBack"]) == ("A-7", "x", "x")
    assert found["EBusinessID"] == account.fields["EBusinessID"]


def test_descending(account: Account) -> None:
    data = {"ShipperCode": "YTO", "LogisticCode": "YT7007007001", "Sort": 1}

    assert [one["Action"] for one in ask(account, "8001", data)["Traces"]] == ["204", "1"]


def test_map(account: Account) -> None:
    data = {
        "ShipperCode": "YTO", "LogisticCode": "YT7007007001", "IsReturnRouteMap": 1,
        "Sender": {"ProvinceName": "福建省", "CityName": "福州市"},
        "Receiver": {"ProvinceName": "上海市", "CityName": "上海市"},
    }  # fmt: skip

    found = ask(account, "8003", data)

    assert [one["Location"] for one in found["Coordinates"]] == ["福州市", "上海市"]
    latitude, longitude = map(float, found["Coordinates"][1]["LatAndLng"].split(","))
    assert (round(latitude), round(longitude)) == (31, 121)
    assert found["SenderCityLatAndLng"].startswith("26.")
    assert found["PreCoordinates"] == []
    page = httpx2.get(found["RouteMapUrl"])
    assert page.status_code == 200
    assert "YT7007007001" in page.text
    assert "<polyline" in page.text
    forged = httpx2.get(found["RouteMapUrl"].replace("7001%22", "7002%22"))
    assert forged.status_code == 403
    assert "7002" not in forged.text


def test_refusals(account: Account, server: Served) -> None:
    data = {"ShipperCode": "YTO", "LogisticCode": "YT7007007001"}
    credentials = "非法参数[请核实ID和key是否正确]"

    assert ask(account, "1002", data, DataSign="bad")["Reason"] == credentials
    assert ask(account, "1002", data, EBusinessID="1000001")["Reason"] == credentials
    assert ask(account, "1002", data, RequestData="{}")["Reason"] == credentials
    assert ask(account, "9999", data)["Reason"].startswith("无效的输入[【RequestType】")
    assert ask(account, "6001", {"Content": "x"})["Reason"] == "业务错误[没有可用套餐]"
    assert ask(account, "1002", "not json")["Reason"] == "RequestData格式有误"
    assert ask(account, "1002", {"ShipperCode": "YTO"})["Reason"] == "缺少快递单号"
    assert "ShipperCode" in ask(account, "1002", data | {"ShipperCode": "HOHOHO"})["Reason"]
    assert ask(account, "8001", data | {"ShipperCode": "SF"})["Reason"] == "手机尾号不能为空"
    refused = ask(account, "1002", data, DataSign="bad")
    assert (refused["Success"], refused["State"], refused["Traces"]) == (False, "0", [])
    assert refused["LogisticCode"] == "YT7007007001"
    foreign = ask(server.account("kdniao"), "1002", data)
    assert (foreign["Success"], foreign["Reason"], foreign["Traces"]) == (True, "暂无轨迹信息", [])


def test_nothing_but_a_form(account: Account) -> None:
    for body in (b"", b"\xff\xfe\x00", b"{", b"RequestData=%FF&DataSign=%FF", b"a" * 1000):
        answer = httpx2.post(account.server.url + PATHS[1], content=body)
        assert answer.status_code == 200
        assert answer.json()["Success"] is False


def test_wrong_encoding_is_a_wrong_signature(account: Account) -> None:
    text = '{"LogisticCode":"YT7007007001","ShipperCode":"YTO","Remark":"圆通"}'
    form = {
        "EBusinessID": account.fields["EBusinessID"], "RequestType": "1002",
        "DataSign": data_sign(text, account.fields["ApiKey"]),
    }  # fmt: skip
    body = urlencode(form) + "&RequestData=" + quote(text.encode("gbk"))

    answer = httpx2.post(account.server.url + PATHS[0], content=body).json()

    assert answer["Reason"].startswith("非法参数")


def test_subscribe_push_and_end(server: Served) -> None:
    says = iter([(200, b'{"success":true}')])
    with receiver(lambda _: next(says, (200, TAKEN))) as shop:
        account = server.account("kdniao", hook=shop.url)
        data = {"ShipperCode": "YTO", "LogisticCode": "YT7007007002", "CallBack": "mine"}

        subscribed = ask(account, "1008", data, twice=True)
        account.scan(scan("YT7007007002", "picked_up"))
        shop.wait(1)
        account.scan(scan("YT7007007002", "delivered.recipient", 3))
        shop.wait(2)

        tried = [one for one in account.deliveries() if one["last_code"]]
        taken, refused = tried
        assert refused["state"] == "pending"  # to be tried again: it was not the vendor's answer
        assert "not as kdniao asks for" in refused["last_error"]
        assert taken["state"] == "delivered"
        account.scan(scan("YT7007007002", "in_transit.moving", 4))  # signed for: pushed no more
        server.call(server.milepost.telling.announcer.drain_once())
        assert len(shop.got) == 2

    assert subscribed["Success"] is True
    assert len(subscribed["UpdateTime"]) == 19
    form = dict(part.split("=") for part in shop.got[1][2].decode().split("&"))
    assert form["RequestType"] == "101"


def test_subscribing_what_is_known_pushes_at_once(server: Served) -> None:
    with receiver(lambda _: (200, TAKEN)) as shop:
        account = server.account("kdniao", hook=shop.url + "#json")
        account.scan(scan("YT7007007003", "out_for_delivery", place="泉州市"))
        data = {
            "ShipperCode": "YTO", "LogisticCode": "yt7007007003", "OrderCode": "B-9",
            "Sender": {"ProvinceName": "上海市", "CityName": "上海市", "Mobile": "13911112222"},
            "Receiver": {"ProvinceName": "福建省", "CityName": "泉州市"},
        }  # fmt: skip

        mapped = ask(account, "8005", data)
        again = ask(account, "8005", data)
        shop.wait(2)

    assert mapped["Success"] is again["Success"] is True
    assert mapped["ReceiverCityLatAndLng"].startswith("24.")
    assert urlsplit(mapped["RouteMapUrl"]).path == "/gateway/routeMap"
    item = json.loads(shop.got[0][2])["Data"][0]
    assert (item["OrderCode"], item["LogisticCode"]) == ("B-9", "yt7007007003")
    assert item["Coordinates"][0]["Location"] == "泉州市"
    assert item["SenderCityLatAndLng"].startswith("31.")


def test_a_registered_phone_is_asked_for(server: Served) -> None:
    account = server.account("kdniao")
    account.scan(scan("SF7007007004", "picked_up", carrier="sf"))
    data = {"ShipperCode": "SF", "LogisticCode": "SF7007007004"}

    assert ask(account, "8008", data)["Reason"] == "手机尾号不能为空"
    assert ask(account, "8008", data | {"CustomerName": "13800004321"})["Success"] is True
    assert ask(account, "8001", data | {"CustomerName": "1111"})["Reason"] == "暂无轨迹信息"
    assert ask(account, "8001", data | {"CustomerName": "4321"})["State"] == "1"
    assert ask(account, "8003", data | {"CustomerName": "1111"})["RouteMapUrl"] is None
    wrongly = data | {"ShipperCode": "YTO"}
    for kind in ("8001", "8003", "8008", "7101"):
        assert ask(account, kind, wrongly)["Reason"] == "手机尾号不能为空", kind
    assert ask(account, "8001", wrongly | {"CustomerName": "1111"})["Traces"] == []


def test_identify(account: Account) -> None:
    known = ask(account, "2002", {"LogisticCode": "YT7007007001"})
    unknown = ask(account, "2002", {"LogisticCode": "0000000000000000000000001"})
    bad = ask(account, "2002", {"LogisticCode": "12 34"})

    assert known["Shippers"][0]["ShipperCode"] == "YTO"
    assert unknown["Success"] is True
    assert unknown["Shippers"] == []
    assert (bad["Success"], bad["ResultCode"]) == (False, "403")


def test_arrival(server: Served) -> None:
    account = server.account("kdniao")
    to = RECENTLY + timedelta(days=2)
    account.scan(scan("YT7007007005", "picked_up", estimated_to=to.isoformat()))
    cities = {
        "ShipperCode": "YTO", "SendProvince": "上海市", "SendCity": "上海市", "SendArea": "嘉定区",
        "ReceiveProvince": "福建省", "ReceiveCity": "泉州市", "ReceiveArea": "丰泽区",
    }  # fmt: skip

    for kind in ("6006", "6016"):
        stated = ask(account, kind, cities | {"LogisticCode": "YT7007007005"})["Data"]
        china = to + timedelta(hours=8)
        assert stated["DeliveryDate"] == f"{china:%Y-%m-%d}"
        assert stated["Hour"] == "48h"
        assert "承诺" in stated["DeliveryMemo"]
    rough = ask(account, "6004", cities | {"CatchTime": "2026-11-10 08:00:00"})
    assert (rough["Success"], rough["ResultCode"]) == (True, "100")
    assert rough["Data"]["DeliveryTime"] == "11月12日上午可达"
    assert "粗略估算" in rough["Data"]["DeliveryMemo"]
    for wrong, code in (
        ({"SendCity": None}, "101"),
        ({"ShipperCode": ""}, "101"),
        ({"CatchTime": "soon"}, "103"),
        ({"ShipperCode": "HOHOHO"}, "103"),
    ):
        refused = ask(account, "6004", cities | wrong)
        assert (refused["Success"], refused["ResultCode"]) == (False, code), wrong


def test_where_nothing_was_learned_a_map_has_a_rough_estimate(server: Served) -> None:
    account = server.account("kdniao")
    data = {
        "ShipperCode": "YTO", "LogisticCode": "YT7007007006",
        "Sender": {"ProvinceName": "广东省", "CityName": "深圳市"},
        "Receiver": {"ProvinceName": "四川省", "CityName": "成都市"},
    }  # fmt: skip
    cities = {
        "ShipperCode": "YTO", "LogisticCode": "YT7007007006", "SendProvince": "广东省",
        "SendCity": "深圳市", "ReceiveProvince": "四川省", "ReceiveCity": "成都市",
    }  # fmt: skip

    before = ask(account, "8005", data)
    account.scan(scan("YT7007007006", "picked_up", place="深圳市"))
    after = ask(account, "8005", data)
    arrival = ask(account, "6006", cities)["Data"]

    assert (before["EstimatedDeliveryTime"], before["Location"]) == (None, "")
    assert after["Location"] == "深圳市"
    due = datetime.fromisoformat(after["EstimatedDeliveryTime"] + "+08:00")
    assert timedelta(days=1) < due - RECENTLY < timedelta(days=4)
    assert "粗略估算" in arrival["DeliveryMemo"]
    assert arrival["DeliveryDate"] == f"{due:%Y-%m-%d}"
