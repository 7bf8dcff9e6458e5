"""The vendor's own client, unmodified, against a running server: every call that it offers."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from clients import client
from journey.compat.serving import Account, Served, receiver

pytest_plugins = ["pg"]
pytestmark = pytest.mark.server
DRIVE = Path(__file__).with_name("drive_kdnmcp.py")
CITIES = {
    "ShipperCode": "YD", "SendProvince": "广东省", "SendCity": "深圳市", "SendArea": "福田区",
    "ReceiveProvince": "湖南省", "ReceiveCity": "长沙市", "ReceiveArea": "芙蓉区",
    "CatchTime": "2026-11-10 09:00:00",
}  # fmt: skip


@pytest.fixture(scope="module")
def python() -> Path:
    return client("kdnmcp==1.0.4", "fastmcp==4.1.2", "httpx==0.28.1", "pydantic==2.14.3")


def drive(
    python: Path, account: Account, *calls: tuple[str, str, dict[str, Any]], **more: str
) -> Any:
    """What the client makes of some calls (via, name, given)."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(python.parent),
        "KDNIAO_API_URL": account.server.url + "/api/dist",
        "EBUSINESS_ID": account.fields["EBusinessID"],
        "API_KEY": account.fields["ApiKey"],
        "REQUEST_MAX_RETRIES": "0",
        **more,
    }
    asked = [{"via": via, "name": name, "given": given} for via, name, given in calls]
    done = subprocess.run(
        [python, DRIVE], input=json.dumps(asked), capture_output=True, text=True, timeout=120,
        env=environment, cwd=python.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    line = next(one for one in done.stdout.splitlines() if one.startswith("ANSWERS"))
    return json.loads(line.removeprefix("ANSWERS"))


def parcel(number: str, carrier: str = "yto") -> list[dict[str, Any]]:
    """A road in three scans."""
    return [
        {"number": number, "carrier": carrier, "code": "picked_up", "place": "深圳",
         "occurred_at": "2026-11-10T09:05:00+08:00", "text": "【深圳市】测试网点已揽收"},
        {"number": number, "carrier": carrier, "code": "in_transit.arrived_hub", "place": "长沙",
         "occurred_at": "2026-11-11T02:40:00+08:00", "text": "快件到达长沙测试中心"},
        {"number": number, "carrier": carrier, "code": "delivered.recipient", "place": "长沙",
         "occurred_at": "2026-11-11T06:10:00+00:00", "text": "已签收，测试"},
    ]  # fmt: skip


def test_query(server: Served, python: Path) -> None:
    account = server.account("kdniao")
    account.scan(*parcel("YT8860017730912"))
    asked = {"ShipperCode": "YTO", "LogisticCode": "YT8860017730912"}

    found, identified, none, tool = drive(
        python, account,
        ("client", "track_logistics", asked),
        ("client", "track_logistics", asked | {"ShipperCode": ""}),
        ("client", "track_logistics", asked | {"LogisticCode": "YT8860017730999"}),
        ("tool", "track_logistics",
         {"shipper_code": "YTO", "logistic_code": "YT8860017730912"}),
    )  # fmt: skip

    assert found["Success"] is True
    assert (found["State"], found["StateEx"]) == (3, 301)
    assert [one["AcceptTime"] for one in found["Traces"]] == [
        "2026-11-10 09:05:00", "2026-11-11 02:40:00", "2026-11-11 14:10:00",
    ]  # fmt: skip
    assert found["Traces"][0]["Location"] == "深圳"
    assert identified["ShipperCode"] == "YTO"
    assert identified["Traces"] == found["Traces"]
    assert (none["Success"], none["State"], none["Traces"]) == (True, 0, [])
    assert none["Reason"] == "暂无轨迹信息"
    assert tool["success"] is True
    assert tool["total_traces"] == 3


def test_phone_tail(server: Served, python: Path) -> None:
    account = server.account("kdniao")
    account.scan(*parcel("SF1466027730912", "sf"))
    asked = {"ShipperCode": "SF", "LogisticCode": "SF1466027730912"}

    without, with_it, unknown = drive(
        python, account,
        ("client", "track_logistics", asked),
        ("client", "track_logistics", asked | {"CustomerName": "0912"}),
        ("client", "track_logistics", asked | {"ShipperCode": ""}),
    )  # fmt: skip

    assert "手机" in without["raised"]
    assert with_it["State"] == 3
    assert unknown["Success"] is False
    assert unknown["Reason"] == "手机尾号不能为空"


def test_identify_and_arrival(server: Served, python: Path) -> None:
    account = server.account("kdniao")
    account.scan(*parcel("YT8860017730915"))

    known, before, after, unclear, alive = drive(
        python, account,
        ("client", "recognize_logistics_code", {"LogisticCode": "YT8860017730915"}),
        ("client", "get_time_efficiency", CITIES),
        ("client", "get_time_efficiency",
         CITIES | {"ShipperCode": "YTO", "LogisticCode": "YT8860017730915"}),
        ("client", "get_time_efficiency", CITIES | {"ReceiveCity": "无此市"}),
        ("client", "health_check", {}),
    )  # fmt: skip

    assert known["Shippers"][0] == {"ShipperCode": "YTO", "ShipperName": "圆通速递"}
    assert before["Success"] is True
    assert before["DeliveryDate"] == "2026-11-12"
    assert before["DeliveryTime"].startswith("11月12日")
    assert before["Hour"].endswith("h")
    assert after["Success"] is True
    assert unclear["Success"] is False
    assert "无法预估时效" in unclear["Reason"]
    assert alive is True


def test_cross_border(server: Served, python: Path) -> None:
    account = server.account("kdniao")
    out = datetime.now(timezone(timedelta(hours=1))).replace(microsecond=0) - timedelta(hours=2)
    account.scan({
        "number": "LX450012345DE", "carrier": "dhl-parcel-de", "code": "out_for_delivery",
        "occurred_at": out.isoformat(), "text": "Out for delivery (test)",
    })  # fmt: skip
    asked = {"ShipperCode": "DHLGERMANY", "LogisticCode": "LX450012345DE"}

    def accept(_: bytes) -> tuple[int, bytes]:
        said = {"EBusinessID": account.fields["EBusinessID"], "UpdateTime": "2026-11-12 16:00:00"}
        return 200, json.dumps(said | {"Success": True, "Reason": ""}).encode()

    with receiver(accept) as shop:
        found, subscribed, refused = drive(
            python, account,
            ("client", "track_cross_border_logistics", asked),
            ("client", "subscribe_cross_border_logistics", asked | {"CallbackUrl": shop.url}),
            ("client", "subscribe_cross_border_logistics", asked | {"CallbackUrl": "ftp://x"}),
            KDNIAO_API_URL=server.url + "/api/track/packet",
        )  # fmt: skip
        shop.wait(1)

    assert found["State"] == "2"
    assert found["Traces"][0]["AcceptTime"] == f"{out:%Y-%m-%d %H:%M:%S}"
    assert found["Traces"][0]["Timezone"] == "+01:00"
    assert found["Traces"][0]["Action"] == "202"
    assert subscribed["Success"] is True
    assert len(subscribed["UpdateTime"]) == 19
    assert refused["Success"] is False


def test_errors(server: Served, python: Path) -> None:
    account, foreign = server.account("kdniao"), server.account("kdniao")
    account.scan(*parcel("YT8860017730917"))
    asked = {"ShipperCode": "YTO", "LogisticCode": "YT8860017730917"}
    calls = (
        ("client", "track_logistics", asked),
        ("client", "recognize_logistics_code", {"LogisticCode": "YT8860017730917"}),
        ("client", "subscribe_cross_border_logistics", asked),
        ("client", "get_time_efficiency", CITIES),
        ("client", "parse_address", {"Content": "测试省测试市一路1号"}),
    )

    bad = drive(python, account, *calls, API_KEY="wrong")
    other = drive(python, foreign, calls[0])[0]
    elsewhere, unknown_code = drive(
        python, account, calls[4], ("client", "track_logistics", asked | {"ShipperCode": "NOSUCH9"})
    )

    assert [one["Success"] for one in bad] == [False] * 5
    assert {one["Reason"] for one in bad} == {"非法参数[请核实ID和key是否正确]"}
    assert (other["Success"], other["Traces"]) == (True, [])
    assert elsewhere["Reason"] == "业务错误[没有可用套餐]"
    assert unknown_code["Success"] is False
    assert unknown_code["Reason"].startswith("无效的输入[【ShipperCode】")
