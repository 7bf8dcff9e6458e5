"""Two more clients from PyPI, unmodified but for the host that they have written into them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clients import client, run
from journey.compat.serving import Account, Served

pytest_plugins = ["pg"]
pytestmark = pytest.mark.server
NUMBER = "YT7337337337001"


def account(server: Served, dialect: str) -> Account:
    made = server.account(dialect)
    made.scan(
        {"number": NUMBER, "carrier": "yto", "code": "picked_up", "text": "已揽收",
         "occurred_at": "2026-11-01T09:00:00+08:00", "place": "广东深圳市"},
        {"number": NUMBER, "carrier": "yto", "code": "out_for_delivery", "text": "派件中",
         "occurred_at": "2026-11-03T09:00:00+08:00", "place": "四川成都市"},
    )  # fmt: skip
    return made


def ask(python: Path, head: str, calls: list[str], *, before: str = "") -> list[Any]:
    """What each of some expressions gives in the client's environment."""
    said = f"[{', '.join(calls)}]"
    return list(run(python, f"import json\n{head}\n{before}\nprint(json.dumps({said}))"))


def test_kdniao_0_1_3(server: Served) -> None:
    """URL-encoded once, keys sorted, `\\uXXXX`; a `Reason` is what it calls its message."""
    one = account(server, "kdniao")
    python = client("kdniao==0.1.3", "requests==2.34.2", "tornado==6.6.1")
    host, fields = server.url.removeprefix("http://"), one.fields
    head = (
        "from kdniao.conf import APIPathBuilder\n"
        f"APIPathBuilder.PROD = {host!r}\n"
        "from kdniao.client import KdNiaoClient\n"
        f"one = KdNiaoClient({fields['EBusinessID']!r}, {fields['ApiKey']!r})\n"
        f"bad = KdNiaoClient({fields['EBusinessID']!r}, 'nonsense')"
    )

    tracked, monitored, followed, recognised, none, refused, order = ask(python, head, [
        f"one.track({NUMBER!r}, 'YTO', order_code='单-1')",
        f"one.api_monitor.track({NUMBER!r}, 'YTO', '')",
        f"one.follow({NUMBER!r}, 'YTO')",
        f"one.recognise({NUMBER!r})",
        "one.track('YT7337337337999', 'YTO')",
        f"bad.track({NUMBER!r}, 'YTO')",
        "one.api_monitor.subscribe({'ShipperCode': 'YTO', 'LogisticCode': " + f"{NUMBER!r}" + "})",
    ])  # fmt: skip

    assert (tracked["code_biz"], tracked["msg"]) == (100, "Success")
    assert [row["Action"] for row in tracked["data"]["Traces"]] == ["1", "202"]
    assert tracked["data"]["OrderCode"] == "单-1"
    assert monitored["data"]["StateEx"] in {"202", "402"}
    assert followed["data"]["UpdateTime"]
    assert recognised["data"]["Shippers"][0]["ShipperCode"] == "YTO"
    assert (none["code_biz"], none["msg"]) == (100, "暂无轨迹信息")
    assert (refused["code_biz"], refused["msg"][:4]) == (-100, "非法参数")
    assert order["code_biz"] == 100


def test_kuaidi100_mcp_0_1_3(server: Served) -> None:
    """Kuaidi100's own server for assistants: it asks /stdio and hands on what it reads."""
    one = account(server, "kuaidi100")
    python = client("kuaidi100-mcp==0.1.3", "mcp==1.30.0", "httpx==0.28.1", "pydantic==2.14.3")
    head = (
        "import asyncio, os\n"
        f"os.environ['KUAIDI100_API_KEY'] = {one.fields['key']!r}\n"
        "from kuaidi100_mcp import api_mcp as mcp\n"
        f"mcp.kuaidi100_api_url = {server.url + '/stdio/'!r}\n"
        "def call(name, **given):\n"
        "    return json.loads(asyncio.run(getattr(mcp, name)(**given)))"
    )
    ends = "kuaidi_com='yuantong', from_loc='广东省深圳市南山区', to_loc='四川省成都市武侯区'"
    road = json.dumps([{"time": "2026-11-01 09:00:00", "context": "已揽收"}])
    told = f"order_time='', exp_type='', logistic={road!r}"

    traced, before, after, price, unknown = ask(python, head, [
        f"call('query_trace', kuaidi_num={NUMBER!r}, phone='')",
        f"call('estimate_time', {ends}, order_time='2026-11-01 08:00:00', exp_type='标准快递')",
        f"call('estimate_time_with_logistic', {ends}, {told})",
        "call('estimate_price', kuaidi_com='yuantong', rec_addr='a', send_addr='b', weight='1')",
        "call('query_trace', kuaidi_num='YT7337337337999', phone='')",
    ])  # fmt: skip

    assert (traced["kuaidiCom"], traced["state"]) == ("yuantong", "派件")
    assert [row["status"] for row in traced["data"]] == ["派件", "已揽收"]
    assert before["arrivalTime"] == "2026-11-04 18:00:00"
    assert isinstance(before["remainTime"], int)
    assert isinstance(after["deliveryExpendTime"], str)
    assert price["combos"] == []
    assert unknown == {"message": "查询无结果，请隔段时间再查"}
