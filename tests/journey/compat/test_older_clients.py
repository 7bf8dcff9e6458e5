"""What vendors served before and clients of those years still ask for."""

from __future__ import annotations

import json
from hashlib import md5
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import httpx2
import pytest

from journey.compat.serving import Account, Served, receiver
from milepost.compat.core import xml
from milepost.compat.kdniao.sign import data_sign

pytest_plugins = ["pg"]
pytestmark = pytest.mark.server
NUMBER, POSTAL = "YT7227227227001", "RR722722722CN"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}


def account(server: Served, dialect: str) -> Account:
    made = server.account(dialect)
    scan = {"number": NUMBER, "carrier": "yto", "code": "picked_up", "text": "已揽收 <1> & 2",
            "occurred_at": "2026-11-01T09:00:00+08:00", "place": "广东深圳市"}  # fmt: skip
    made.scan(scan, scan | {"number": POSTAL, "carrier": "china-post"})
    return made


def kdniao(one: Account, kind: str, text: str, *, twice: bool = False) -> httpx2.Response:
    """As the XML samples that Kdniao gave out."""
    form = {
        "RequestData": text, "EBusinessID": one.fields["EBusinessID"], "RequestType": kind,
        "DataSign": data_sign(text, one.fields["ApiKey"]), "DataType": "1",
    }  # fmt: skip
    if twice:
        form |= {name: quote(form[name], safe="") for name in ("RequestData", "DataSign")}
    url = f"{one.server.url}/Ebusiness/EbusinessOrderHandle.aspx"
    answer = httpx2.post(url, content=urlencode(form), headers=FORM)
    assert answer.headers["content-type"].startswith("text/xml"), answer.text
    return answer


def content(*, number: str = NUMBER, more: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8" ?><Content><OrderCode></OrderCode>'
        f"<ShipperCode>YTO</ShipperCode><LogisticCode>{number}</LogisticCode>{more}</Content>"
    )


@pytest.mark.parametrize("twice", [False, True])
def test_kdniao_in_xml(server: Served, twice: bool) -> None:
    one = account(server, "kdniao")

    found = kdniao(one, "1002", content(), twice=twice).text
    read = xml.read(found)
    subscribed = xml.read(kdniao(one, "1008", content(more="<Sender></Sender>"), twice=twice).text)
    bad = xml.read(kdniao(one, "1002", content(number="单号"), twice=twice).text)
    broken = xml.read(kdniao(one, "1002", "<Content><a", twice=twice).text)

    assert (read["Success"], read["LogisticCode"]) == ("true", NUMBER)
    assert read["Traces"]["Trace"]["AcceptStation"] == "已揽收 <1> & 2"
    assert subscribed["Success"] == "true"
    assert (bad["Success"], bad["Reason"]) == ("false", "快递单号有特殊字符")
    assert (broken["Success"], broken["Reason"]) == ("false", "RequestData格式有误")


def test_kdniao_cross_border_by_its_older_number(server: Served) -> None:
    one = account(server, "kdniao")
    text = json.dumps({"ShipperCode": "YTO", "LogisticCode": NUMBER})
    form = {"RequestData": text, "EBusinessID": one.fields["EBusinessID"], "RequestType": "7008",
            "DataSign": data_sign(text, one.fields["ApiKey"]), "DataType": "2"}  # fmt: skip

    url = f"{server.url}/api/track/packet"
    answer = httpx2.post(url, content=urlencode(form), headers=FORM).json()

    assert (answer["Success"], answer["LogisticCode"]) == (True, NUMBER)


def kuaidi100(one: Account, param: dict[str, Any]) -> httpx2.Response:
    text, key, customer = json.dumps(param), one.fields["key"], one.fields["customer"]
    sign = md5((text + key + customer).encode()).hexdigest().upper()
    form = {"customer": customer, "sign": sign, "param": text}
    return httpx2.post(f"{one.server.url}/poll/query.do", content=urlencode(form), headers=FORM)


@pytest.mark.parametrize(
    ("show", "kind", "known", "unknown"),
    [
        ("1", "text/xml", "<nu>YT7227227227001</nu>", "<returnCode>500</returnCode>"),
        ("2", "text/html", "<td>已揽收 &lt;1&gt; &amp; 2</td>", "<p>查询无结果"),
        ("3", "text/plain", "2026-11-01 09:00:00 已揽收", "查询无结果"),
    ],
)
def test_kuaidi100_shows_roads_and_faults_alike(
    server: Served, show: str, kind: str, known: str, unknown: str
) -> None:
    one = account(server, "kuaidi100")

    found = kuaidi100(one, {"com": "yuantong", "num": NUMBER, "show": show})
    missing = kuaidi100(one, {"com": "yuantong", "num": "YT7227227227999", "show": show})

    assert known in found.text
    assert unknown in missing.text
    for answer in (found, missing):
        assert answer.headers["content-type"].startswith(kind)


def subscribe(one: Account, path: str, param: str) -> str:
    form = {"schema": "json" if param.startswith("{") else "xml", "param": param}
    answer = httpx2.post(one.server.url + path, content=urlencode(form), headers=FORM)
    return answer.text


def test_kuaidi100_map_beside_the_plain_subscription(server: Served) -> None:
    one = server.account("kuaidi100")
    taken = b'{"result":true,"returnCode":"200","message":"ok"}'
    with receiver(lambda _: (200, taken)) as there:
        for path in ("/poll", "/pollmap"):
            param = json.dumps({
                "company": "yuantong", "number": NUMBER, "from": "广东深圳", "to": "北京",
                "key": one.fields["key"], "parameters": {"callbackurl": there.url + path},
            })  # fmt: skip
            assert '"returnCode":"200"' in subscribe(one, path, param)
            assert '"returnCode":"501"' in subscribe(one, path, param)
        one.scan({"number": NUMBER, "carrier": "yto", "code": "picked_up", "text": "已揽收",
                  "occurred_at": "2026-11-01T09:00:00+08:00"})  # fmt: skip
        there.wait(2)

    pushes = [body for _, _, body in there.got]
    results = [json.loads(dict(parse_qsl(body.decode()))["param"])["lastResult"] for body in pushes]
    assert sorted("trailUrl" in one for one in results) == [False, True]
    assert {one["com"] for one in results} == {"yuantong"}


def test_kuaidi100_subscription_and_push_in_xml(server: Served) -> None:
    one = server.account("kuaidi100")
    taken = xml.written("pushResponse", {"result": True, "returnCode": "200"}, {}).encode()
    with receiver(lambda _: (200, taken)) as there:
        wanted = {
            "company": "yuantong", "number": NUMBER, "key": one.fields["key"],
            "parameters": {"callbackurl": there.url + "/xml?a=1&b=2", "salt": "pepper"},
        }  # fmt: skip
        param = xml.written("orderRequest", wanted, {})
        assert "<returnCode>200</returnCode>" in subscribe(one, "/poll", param)
        assert "<returnCode>501</returnCode>" in subscribe(one, "/poll", param)
        assert "<returnCode>700</returnCode>" in subscribe(one, "/poll", "<orderRequest><a")
        one.scan({"number": NUMBER, "carrier": "yto", "code": "picked_up", "text": "已揽收",
                  "occurred_at": "2026-11-01T09:00:00+08:00"})  # fmt: skip
        there.wait(1)

    body = there.got[0][2]
    fields = dict(parse_qsl(body.decode()))
    told = xml.read(fields["param"])
    assert fields["sign"] == md5((fields["param"] + "pepper").encode()).hexdigest().upper()
    assert (told["status"], told["lastResult"]["data"]["item"]["context"]) == ("polling", "已揽收")


@pytest.mark.parametrize("version", ["v1", "v2.2"])
def test_17track_names_the_carrier(server: Served, version: str) -> None:
    one = account(server, "17track")

    answer = httpx2.post(
        f"{server.url}/track/{version}/carrierIdentify",
        content=json.dumps([{"number": POSTAL}, {"number": "zzzzzzz"}]),
        headers={"17token": one.fields["token"]},
    ).json()["data"]

    assert answer["accepted"] == [{"number": POSTAL, "carrier": 3011}]
    assert [one["error"]["code"] for one in answer["rejected"]] == [-18019903]


def test_easypost_trackers_by_their_newest_news(server: Served) -> None:
    one = server.account("easypost")
    headers = {"Authorization": f"Bearer {one.fields['api_key']}"}
    url = f"{server.url}/v2/trackers"
    for number in (NUMBER, POSTAL, "EZ1000000001"):
        made = httpx2.post(url, content=json.dumps({"tracking_code": number}), headers=headers)
        assert made.status_code == 201

    def ask(query: str) -> Any:
        return httpx2.get(f"{url}/all_updated{query}", headers=headers).json()

    first, second = ask("?page_size=2"), ask("?page_size=2&page=2")
    assert (len(first["trackers"]), first["has_more"]) == (2, True)
    assert (len(second["trackers"]), second["has_more"]) == (1, False)
    times = [one["updated_at"] for one in first["trackers"] + second["trackers"]]
    assert times == sorted(times, reverse=True)
    assert ask("?status_end=2020-01-01T00:00:00Z")["trackers"] == []
    assert ask("?page=0")["error"]["code"] == "PARAMETER.INVALID"


def test_shippo_webhooks_with_the_version_in_their_address(server: Served) -> None:
    one = server.account("shippo")
    headers = {"Authorization": f"ShippoToken {one.fields['token']}"}
    wanted = {"url": "https://hooks.example.org/shippo", "event": "track_updated"}

    made = httpx2.post(f"{server.url}/v1/webhooks/", content=json.dumps(wanted), headers=headers)
    listed = httpx2.get(f"{server.url}/webhooks", headers=headers).json()

    assert made.status_code == 201, made.text
    assert [one["object_id"] for one in listed["results"]] == [made.json()["object_id"]]
