"""The clients of sources: what they send, and how they read what comes back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from milepost.carriers.clients import client, clients
from milepost.compat.kdniao.sign import data_sign
from milepost.compat.kuaidi100 import sign as kuaidi100
from milepost.engine.polling import Account, Ask, Reply, Source, Verdict

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRETS = {
    "EBusinessID": "1700001", "ApiKey": "k-1", "customer": "C1", "key": "k-2", "salt": "s",
    "token": "t-1", "api_key": "a-1", "webhook_secret": "w-1", "partner_id": "P",
    "checkword": "c-1",
}  # fmt: skip
ASKS = [Ask(number=f"YT88000000000{index:02}", carrier="yto", carrier_code="YTO")
        for index in range(45)]  # fmt: skip


def account(source: str) -> Account:
    return Account(source=source, base_url="http://upstream", secrets=SECRETS)


def one(source: str) -> Source:
    found = client(source)
    assert found is not None
    return found[1]


def judged(source: str, status: int, body: object, **headers: str) -> Verdict:
    asks = [Ask(number="YT8800000000000", carrier="yto", carrier_code="100")]
    request = one(source).requests(asks, account(source), NOW)[0]
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = Reply(status=status, headers=headers, body=content)
    return one(source).judge(request, reply, account(source))


@pytest.mark.parametrize("source", sorted(clients()))
def test_every_client_keeps_the_contract(source: str) -> None:
    made = clients()[source]
    asks = [Ask(number=f"N{index}", carrier=source, carrier_code="12") for index in range(95)]
    requests = made.requests(asks, account(source), NOW)

    assert sorted(ask.number for one in requests for ask in one.asks) == sorted(
        ask.number for ask in asks
    )
    assert all(1 <= len(one.asks) <= made.BATCH for one in requests)
    assert {*made.CREDENTIALS, *made.OPTIONAL} <= SECRETS.keys() | {"api_secret"}
    assert made.RATE_PER_S > 0
    assert made.SHORTEST_S > 0
    assert not made.genuine({}, b"{}", account(source))


@pytest.mark.parametrize("source", sorted(clients()))
@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (429, {"retry-after": "7"}, "throttled"),
        (503, {"retry-after": "7"}, "throttled"),
        (500, {}, "failing"),
        (401, {}, "refused"),
        (200, {}, "failing"),
    ],
)
def test_every_client_reads_the_outside(
    source: str, status: int, headers: dict[str, str], kind: str
) -> None:
    verdict = judged(source, status, b"<html>later</html>", **headers)

    assert verdict.kind == kind
    assert verdict.message
    assert verdict.retry_after_s == (7.0 if headers else None)


def test_kdniao_signs_and_reads_reasons() -> None:
    made = one("kdniao")
    request = made.requests(ASKS[:1], account("kdniao"), NOW)[0]
    form = dict(parse_qsl(request.body.decode()))

    assert form["DataSign"] == data_sign(form["RequestData"], "k-1")
    assert form["RequestType"] == "8001"
    assert json.loads(form["RequestData"])["ShipperCode"] == "YTO"
    bad = {"Success": False, "Reason": "非法参数[请核实ID和key是否正确]"}
    assert judged("kdniao", 200, bad).kind == "refused"
    assert judged("kdniao", 200, bad | {"Reason": "业务错误[没有可用套餐]"}).kind == "spent"
    assert judged("kdniao", 200, bad | {"Reason": "手机尾号不能为空"}).faults
    text = "{}"
    body = urlencode({"RequestData": text, "DataSign": data_sign(text, "k-1")}).encode()
    assert made.genuine({}, body, account("kdniao"))
    assert not made.genuine({}, body.replace(b"%7B", b"%5B"), account("kdniao"))
    assert json.loads(made.acknowledgement(account("kdniao"), NOW, None))["Success"] is True


def test_kuaidi100_signs_and_reads_codes() -> None:
    made = one("kuaidi100")
    request = made.requests(ASKS[:1], account("kuaidi100"), NOW)[0]
    form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}

    assert form["sign"] == kuaidi100.of_query(form["param"], "k-2", "C1")
    assert not made.requests([Ask(number="X1")], account("kuaidi100"), NOW)
    for code, kind in (("503", "refused"), ("601", "spent"), ("504", "throttled"),
                       ("500", "taken"), ("408", "taken")):  # fmt: skip
        body = {"result": False, "returnCode": code, "message": "m"}
        assert judged("kuaidi100", 200, body).kind == kind
    body = urlencode({"param": "{}", "sign": kuaidi100.of_push("{}", "s")}).encode()
    assert made.genuine({}, body, account("kuaidi100"))
    assert not made.genuine({}, body + b"0", account("kuaidi100"))


def test_17track_registers_what_it_does_not_know() -> None:
    rejected = {"number": "YT8800000000000", "error": {"code": -18019902, "message": "register"}}
    verdict = judged("17track", 200, {"code": 0, "data": {"accepted": [], "rejected": [rejected]}})

    assert verdict.kind == "taken"
    assert [one.registers for one in verdict.follow] == [True]
    assert verdict.follow[0].url.endswith("/track/v2.4/register")
    assert json.loads(verdict.follow[0].body)[0] == {"number": "YT8800000000000", "carrier": 100}
    errors = {"errors": [{"code": -18010002, "message": "key"}]}
    assert judged("17track", 401, {"code": -18010002, "data": errors}).kind == "refused"
    rejected["error"] = {"code": -18019908, "message": "quota"}
    body = {"code": 0, "data": {"accepted": [], "rejected": [rejected]}}
    assert judged("17track", 200, body).kind == "spent"


def test_17track_push_of_the_contracts_vector() -> None:
    body = (
        b'{"event":"TRACKING_STOPPED","data":{"number":"RR123456789CN","carrier":3011,'
        b'"param":null,"tag":""}}'
    )
    sign = "15e50c09bf9604c40aedd131fde42adf0290359dfbc5ab3d13c2c854dfe872f2"
    known = Account(source="17track", base_url="http://upstream", secrets={"token": "tok"})

    assert one("17track").genuine({"sign": sign}, body, known)
    assert not one("17track").genuine({"sign": sign}, body + b" ", known)


def test_aftership_lists_fifty_and_creates_the_rest() -> None:
    made = one("aftership")
    request = made.requests(ASKS, account("aftership"), NOW)[0]
    query = parse_qs(urlsplit(request.url).query)

    assert len(query["tracking_numbers"][0].split(",")) == len(ASKS)
    body = {"meta": {"code": 200}, "data": {"trackings": []}}
    verdict = judged("aftership", 200, body)
    assert [one.registers for one in verdict.follow] == [True]
    assert judged("aftership", 200, {"meta": {"code": 401, "message": "key"}}).kind == "refused"
