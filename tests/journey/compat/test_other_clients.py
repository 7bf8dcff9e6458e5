"""What clients of other ages and languages do differently, as they put it on the wire."""

from __future__ import annotations

import base64
import hmac
import json
from hashlib import md5
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from journey.compat.serving import Account, Served, receiver
from milepost.compat.kdniao.sign import data_sign

pytest_plugins = ["pg"]
pytestmark = pytest.mark.server
NUMBER, POSTAL = "YT7117117117001", "RR711711711CN"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def scan(number: str, code: str, at: str, carrier: str = "yto") -> dict[str, Any]:
    text = f"{code} 例"
    return {"number": number, "code": code, "carrier": carrier, "occurred_at": at, "text": text}


def multipart(fields: dict[str, str]) -> dict[str, Any]:
    """As PHP's cURL sends an array, and axios an object."""
    rows = (
        f'--b0und\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return {
        "content": ("".join(rows) + "--b0und--\r\n").encode(),
        "headers": {"Content-Type": "multipart/form-data; boundary=b0und"},
    }


def account(server: Served, dialect: str) -> Account:
    made = server.account(dialect)
    made.scan(
        scan(NUMBER, "picked_up", "2026-11-01T09:00:00+08:00"),
        scan(NUMBER, "in_transit.arrived_hub", "2026-11-02T09:00:00+08:00"),
        scan(POSTAL, "picked_up", "2026-11-01T09:00:00+08:00", "china-post"),
    )
    return made


def test_kdniao_in_parts_and_with_slashes(server: Served) -> None:
    one = account(server, "kdniao")
    data = json.dumps({"ShipperCode": "YTO", "LogisticCode": NUMBER, "Sender": [], "Receiver": ""})
    fields = {
        "RequestData": data,
        "EBusinessID": one.fields["EBusinessID"],
        "RequestType": "8001",
        "DataSign": data_sign(data, one.fields["ApiKey"]),
        "DataType": "2",
    }

    found = httpx2.post(f"{server.url}//api/dist/", **multipart(fields)).json()

    assert [one["Action"] for one in found["Traces"]] == ["1", "204"]


def test_kdniao_cash_on_delivery_is_no_tracking(server: Served) -> None:
    one = server.account("kdniao")
    fields = {
        "RequestData": "{}", "EBusinessID": one.fields["EBusinessID"], "RequestType": "CMD1002",
        "DataSign": data_sign("{}", one.fields["ApiKey"]), "DataType": "2",
    }  # fmt: skip

    found = httpx2.post(f"{server.url}/api/dist", content=urlencode(fields), headers=FORM).json()

    assert found["Reason"] == "业务错误[没有可用套餐]"


def test_kuaidi100_in_parts_with_the_number_as_it_was_written(server: Served) -> None:
    one = account(server, "kuaidi100")
    param = json.dumps({"com": "yuantong", "num": NUMBER.lower()})
    key, customer = one.fields["key"], one.fields["customer"]
    sign = md5((param + key + customer).encode()).hexdigest().upper()

    query = {"customer": customer, "sign": sign, "param": param}
    found = httpx2.post(f"{server.url}/poll/query.do", **multipart(query)).json()
    asked = {"kuaidiNum": NUMBER, "phone": "", "key": key}
    traced = httpx2.post(f"{server.url}/stdio/queryTrace", **multipart(asked)).json()

    assert (found["status"], found["nu"]) == ("200", NUMBER.lower())
    assert traced["kuaidiCom"] == "yuantong"


@pytest.mark.parametrize("wrapped", [False, True])
def test_kuaidi100_arrival_by_code(server: Served, wrapped: bool) -> None:
    one = server.account("kuaidi100")
    asked: dict[str, Any] = {
        "kuaidicom": "yuantong",
        "from": "广东省深圳市",
        "to": "北京市",
        "orderTime": "2026-11-01 10:00:00",
        "logistics": [{"time": "2026-11-03 10:00:00", "context": "已签收"}],
    }
    given = {"param": json.dumps(asked)} if wrapped else asked
    param, key = json.dumps(given), one.fields["key"]
    sign = md5((param + "1" + key + one.fields["secret"]).encode()).hexdigest().upper()
    form = {"key": key, "t": "1", "param": param, "sign": sign}

    url = f"{server.url}/label/order?method=time"
    found = httpx2.post(url, content=urlencode(form), headers=FORM).json()
    bad = httpx2.post(url, content=urlencode(form | {"sign": "0"}), headers=FORM).json()

    assert (found["code"], found["success"], found["returnCode"]) == (200, True, "200")
    assert (found["data"]["remainTime"], found["data"]["arrivalTime"][:10]) == (0, "2026-11-03")
    assert (bad["code"], bad["success"], bad["returnCode"]) == (503, False, "503")


@pytest.mark.parametrize(
    "path",
    ["reachable.do", "pickupCode/query", "pickupCode/register", "logistics/monitor/api/order"],
)
def test_kuaidi100_what_is_no_tracking_is_refused_in_its_words(server: Served, path: str) -> None:
    form = urlencode({"key": "k", "t": "1", "param": "{}", "sign": "0", "method": "query"})

    found = httpx2.post(f"{server.url}/{path}", content=form, headers=FORM)

    said = found.json()
    assert (found.status_code, said["result"], said["returnCode"]) == (200, False, "400")
    assert (said["code"], said["success"]) == (400, False)


def test_17track_first_version(server: Served) -> None:
    one = account(server, "17track")

    def call(name: str, body: Any, version: str = "v1") -> Any:
        # Some write the base URL with a slash at its end, too.
        answer = httpx2.post(
            f"{server.url}//track/{version}/{name}",
            content=json.dumps(body),
            headers={"17token": one.fields["token"]},
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    item = {"number": POSTAL, "carrier": 3011, "final_carrier": 0, "auto_detection": False}
    assert call("register", [item | {"tag": "t-1"}])["accepted"][0]["carrier"] == 3011
    found = call("gettrackinfo", [{"number": POSTAL}])["accepted"][0]
    assert (found["tag"], found["track"]["e"], found["track"]["b"]) == ("t-1", 10, 301)
    assert [one["a"] for one in found["track"]["z1"]] == ["2026-11-01 09:00"]
    row = call("gettracklist", {"number": "", "carrier": 0, "page_no": 0})["accepted"][0]
    assert (row["w1"], row["e"], row["ts"], row["sr"]) == (3011, 10, True, 0)
    assert call("stoptrack", [item])["accepted"]
    row = call("gettracklist", {})["accepted"][0]
    assert (row["ts"], row["sr"]) == (False, 2)
    assert call("Retrack", [item])["accepted"]
    assert call("deleteTrack", [item])["accepted"]
    assert call("register", [item], "v2")["accepted"]


def aftership(server: Served, one: Account, method: str, path: str, **given: Any) -> Any:
    headers = {"as-api-key": one.fields["api_key"]} | given.pop("headers", {})
    return httpx2.request(method, server.url + path, headers=headers, **given)


def test_aftership_in_php(server: Served) -> None:
    one = account(server, "aftership")
    root = "/tracking/2024-01"
    body = json.dumps({"tracking": {"tracking_number": NUMBER, "slug": "yto"}})
    assert aftership(server, one, "POST", f"{root}/trackings", content=body).status_code == 201
    detected = aftership(server, one, "POST", f"{root}/couriers/detect/", content=body)
    assert detected.json()["data"]["couriers"][0]["slug"] == "yto"

    # It sends `[]` where there is nothing to send, and signs nothing.
    path = f"{root}/trackings/yto/{NUMBER}"
    headers = signed(one, "DELETE", "", "", path)
    gone = aftership(server, one, "DELETE", path, content="[]", headers=headers)

    assert gone.status_code == 200, gone.text


def signed(one: Account, method: str, body: str, kind: str, resource: str) -> dict[str, str]:
    """The headers of a request with a signature over just this."""
    date = "Sun, 22 Nov 2026 05:00:00 GMT"
    digest = md5(body.encode()).hexdigest().upper() if body else ""
    key = f"as-api-key:{one.fields['api_key']}"
    text = "\n".join([method, digest, kind, date, key, resource])
    made = hmac.new(one.fields["api_secret"].encode(), text.encode(), "sha256").digest()
    return {"date": date, "as-signature-hmac-sha256": base64.b64encode(made).decode()}


def test_aftership_in_java(server: Served) -> None:
    one = account(server, "aftership")
    body = '{"tracking_number":"1Z0A1B2C0310203999","slug":"ups"}'
    kind = "application/json; charset=utf-8"
    path = "/tracking/2025-01/trackings"

    # The older one signs the charset too; the newer one signs a question mark and no query.
    headers = signed(one, "POST", body, kind, path) | {"content-type": kind}
    made = aftership(server, one, "POST", path, content=body, headers=headers)
    headers = signed(one, "GET", "", "", f"{path}?")
    listed = aftership(server, one, "GET", f"{path}?", headers=headers)
    headers = signed(one, "GET", "", "", f"{path}?page=1")
    forged = aftership(server, one, "GET", path, headers=headers)

    assert (made.status_code, listed.status_code) == (201, 200), made.text + listed.text
    assert forged.status_code == 401


def test_aftership_before_a_carrier_is_known(server: Served) -> None:
    one, number = server.account("aftership"), "123456789012"
    root = "/tracking/2024-07/trackings"
    made = aftership(server, one, "POST", root, content=json.dumps({"tracking_number": number}))
    assert made.json()["data"]["slug"] == "unrecognized", made.text
    path = f"{root}/unrecognized/{number}"
    assert aftership(server, one, "GET", path).status_code == 200

    one.scan(scan(number, "picked_up", "2026-11-01T09:00:00+08:00", "ups"))

    found = aftership(server, one, "GET", f"{root}/ups/{number}").json()["data"]
    assert (found["id"], found["slug"]) == (made.json()["data"]["id"], "ups")
    assert aftership(server, one, "GET", path).status_code == 404


def test_aftership_tells_at_once_what_is_known(server: Served) -> None:
    number = "YT7117117117009"
    with receiver(lambda _: (200, b"")) as shop:
        one = server.account("aftership", hook=shop.url)
        one.scan(scan(number, "picked_up", "2026-11-01T09:00:00+08:00"))
        body = json.dumps({"tracking_number": number, "slug": "yto"})
        made = aftership(server, one, "POST", "/tracking/2026-07/trackings", content=body)
        shop.wait(1)

    said = json.loads(shop.got[0][2])
    assert (said["event"], said["is_tracking_first_tag"]) == ("tracking_update", True)
    assert said["msg"]["id"] == made.json()["data"]["id"]


MARK = b"\xef\xbb\xbf"


def test_a_byte_order_mark_is_no_part_of_a_body(server: Served) -> None:
    one, other = account(server, "aftership"), account(server, "17track")
    body = json.dumps({"tracking_number": NUMBER}).encode()
    items = json.dumps([{"number": POSTAL, "carrier": 3011.0}]).encode()

    path = "/tracking/2026-07/couriers/detect"
    detected = aftership(server, one, "POST", path, content=MARK + body)
    registered = httpx2.post(
        f"{server.url}/track/v2.4/register",
        content=MARK + items,
        headers={"17token": other.fields["token"]},
    )

    assert detected.json()["data"]["couriers"][0]["slug"] == "yto"
    assert registered.json()["data"]["accepted"][0]["carrier"] == 3011


def test_aftership_lists_with_names_repeated(server: Served) -> None:
    one = account(server, "aftership")
    body = json.dumps({"tracking": {"tracking_number": NUMBER, "slug": "yto"}})
    aftership(server, one, "POST", "/v4/trackings", content=body)

    for query in ("fields=tag&fields=title", "fields[]=tag&fields[]=title", "fields=tag,title"):
        found = aftership(server, one, "GET", f"/v4/trackings/yto/{NUMBER}?{query}").json()
        names = {"id", "tracking_number", "slug", "tag", "title"}
        assert found["data"]["tracking"].keys() == names, query


def easypost(server: Served, one: Account, method: str, path: str, **given: Any) -> Any:
    given["headers"] = given.get("headers", {}) | {
        "Authorization": f"Bearer {one.fields['api_key']}"
    }
    answer = httpx2.request(method, f"{server.url}/v2/trackers{path}", **given)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


def test_easypost_by_forms(server: Served) -> None:
    one = server.account("easypost")
    form = urlencode({"tracker[tracking_code]": "EZ2000000002", "tracker[carrier]": "USPS"})
    listed = urlencode({"trackers[0][tracking_code]": "EZ3000000003",
                        "trackers[1][tracking_code]": "EZ4000000004"})  # fmt: skip

    made = easypost(server, one, "POST", "/", content=form, headers=FORM)
    assert (made["carrier"], made["status"]) == ("USPS", "in_transit")
    assert easypost(server, one, "POST", "/create_list", content=listed, headers=FORM) == {}
    assert len(easypost(server, one, "GET", "")["trackers"]) == 3


def test_easypost_lists_as_each_language_asks(server: Served) -> None:
    one = server.account("easypost")
    for number in ("EZ1000000001", "EZ2000000002"):
        body = json.dumps({"tracker": {"tracking_code": number}})
        easypost(server, one, "POST", "", content=body)

    def codes(query: str) -> list[str]:
        found = easypost(server, one, "GET", f"?{query}")["trackers"]
        return [tracker["tracking_code"] for tracker in found]

    both = ["EZ2000000002", "EZ1000000001"]
    # Ruby sends what is not asked for as a bare name, PHP and Node.js number their lists.
    assert codes("before_id&tracking_code&carrier=&page_size=5") == both
    assert codes("tracking_codes%5B0%5D=EZ1000000001&tracking_codes%5B1%5D=EZ2000000002") == both
    assert codes("tracking_codes=EZ1000000001") == both[1:]
    assert codes("start_datetime=2020-01-01T00:00:00Z") == both
    assert codes("end_datetime=2020-01-01T00:00:00Z") == []
    assert codes("start_datetime=2120-01-01T00:00:00Z&page_size=1") == []


def test_shippo_with_the_version_in_its_address(server: Served) -> None:
    one = account(server, "shippo")
    headers = {"Authorization": f"ShippoToken {one.fields['token']}"}

    found = httpx2.get(f"{server.url}/v1/tracks/yto/{NUMBER}/", headers=headers)
    unknown = httpx2.get(f"{server.url}/v1/trackz", headers=headers)

    assert found.json()["tracking_status"]["status"] == "TRANSIT"
    assert unknown.status_code == 404
