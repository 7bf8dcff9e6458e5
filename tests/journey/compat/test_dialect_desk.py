"""What a person does with dialects at the command line: keys, hooks, the log of pushes; and what a
client is told that calls too fast.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from clients import sink
from journey.compat.serving import Account, Served, served
from milepost.cli import main
from milepost.compat.aftership.sign import RSA_HEADER, sign_string
from milepost.compat.kdniao.sign import data_sign
from milepost.compat.kuaidi100.sign import of_query
from patience import until

pytest_plugins = ["pg"]
AGO = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)


def command(server: Served, *words: str, code: int = 0) -> Any:
    """What a command that works on the store prints."""
    where = ["--data", str(server.settings.data), "--database", str(server.settings.database)]
    private = {"MILEPOST_ALLOW_PRIVATE_TARGETS": "1"}
    done = CliRunner(env=private).invoke(main, [*words, *where, "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.output.splitlines()[-1]) if code == 0 else done.output


def remote(account: Account, *words: str, code: int = 0) -> Any:
    """What a command that works through the API prints."""
    where = ["--url", account.server.url, "--key", account.key, "--json"]
    done = CliRunner().invoke(main, ["deliveries", *words, *where])
    assert done.exit_code == code, done.output
    return json.loads(done.output.splitlines()[-1])


def scan(number: str, code: str, hours: float = 0) -> dict[str, Any]:
    at = (AGO + timedelta(hours=hours)).isoformat()
    return {"number": number, "carrier": "usps", "code": code, "occurred_at": at}


def track(account: Account, number: str) -> httpx2.Response:
    url = f"{account.server.url}/tracking/2026-07/trackings"
    body = {"tracking_number": number, "slug": "usps"}
    return httpx2.post(url, json=body, headers={"as-api-key": account.fields["api_key"]})


def test_keys_are_listed_and_revoked(server: Served) -> None:
    account = server.account("aftership")
    asked = ("--tenant", account.tenant)
    listed = command(server, "keys", "list", *asked)

    assert [one["dialect"] for one in listed] == [None, "aftership"]
    assert account.fields["api_key"] not in json.dumps(listed)
    assert account.key not in json.dumps(listed)
    native, theirs = (str(one["id"]) for one in listed)
    assert track(account, "9400111899223857000300").status_code == 201
    command(server, "keys", "revoke", theirs, *asked, "--dialect", "aftership")
    command(server, "keys", "revoke", theirs, *asked, "--dialect", "aftership", code=1)
    command(server, "keys", "revoke", native, "--tenant", "nobody", code=1)
    command(server, "keys", "revoke", native, *asked)
    assert command(server, "keys", "list", *asked) == []
    # The server forgets what it remembers of keys after ten seconds; here at once.
    server.milepost.telling.dialects.credentials._known.clear()
    refused = track(account, "9400111899223857000301")
    assert (refused.status_code, refused.json()["meta"]["code"]) == (401, 401)


def test_hooks_are_set_as_in_a_vendors_console(server: Served) -> None:
    account = server.account("aftership")
    asked = ("--tenant", account.tenant, "--dialect", "aftership")
    with sink() as shop:
        (made,) = command(server, "hooks", "add", shop.url, *asked, "--version", "2023-10",
                          "--base-url", "https://track.shop.example")  # fmt: skip
        assert made["options"] == {"version": "2023-10", "base_url": "https://track.shop.example"}
        assert command(server, "hooks", "list", *asked) == [made]
        server.call(server.milepost.telling.announcer.refresh())
        assert track(account, "9400111899223857000310").status_code == 201
        account.scan(scan("9400111899223857000310", "picked_up"))
        got = shop.wait(1)[0]
        assert got.headers["as-webhook-version"] == "2023-10"
        told = json.loads(got.body)["msg"]
        assert told["origin_country_iso3"] is None
        command(server, "hooks", "remove", str(made["id"]), *asked)
        command(server, "hooks", "remove", str(made["id"]), *asked, code=1)
    command(server, "hooks", "add", "https://x.example", *asked, "--version", "2019-01", code=2)
    command(server, "hooks", "add", "ftp://x.example", *asked, code=2)


def test_an_rsa_key_is_registered_and_asked_for(server: Served, tmp_path: Path) -> None:
    private = rsa.generate_private_key(65537, 2048)
    pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    file = tmp_path / "public.pem"
    file.write_bytes(pem)
    words = ("keys", "create", "--tenant", "rsa shop", "--dialect", "aftership")
    fields = command(server, *words, "--public-key", str(file), "--auth-type", "RSA")
    assert set(fields) == {"api_key", "api_secret"}

    path = "/tracking/2026-07/couriers"
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)

    def signed(age_s: float) -> dict[str, str]:
        date = formatdate(time.time() - age_s, usegmt=True)
        headers = {"as-api-key": fields["api_key"], "date": date}
        text = sign_string("GET", b"", date, headers, path)
        made = base64.b64encode(private.sign(text, pss, hashes.SHA256())).decode()
        return headers | {RSA_HEADER: made}

    def status(headers: dict[str, str]) -> int:
        return httpx2.get(server.url + path, headers=headers).status_code

    plain = {name: value for name, value in signed(0).items() if name != RSA_HEADER}
    assert (status(plain), status(signed(0))) == (401, 200)
    assert status(signed(0) | {"as-more": "x"}) == 401
    assert (status(signed(600)), status(signed(-600))) == (401, 401)
    file.write_text("no key at all")
    command(server, *words, "--public-key", str(file), code=2)
    command(server, *words, "--auth-type", "RSA", code=2)
    command(server, "keys", "create", "--tenant", "x", "--dialect", "shippo",
            "--auth-type", "AES", code=2)  # fmt: skip


def test_pushes_of_dialects_are_logged_and_sent_again(server: Served) -> None:
    with sink() as shop:
        account = server.account("17track", hook=shop.url)
        shop.answer = (500, b"down")
        token = {"17token": account.fields["token"]}
        url = f"{server.url}/track/v2.4"
        number = "RR700800900CN"
        httpx2.post(f"{url}/register", json=[{"number": number, "carrier": 3011}], headers=token)
        account.scan(scan(number, "in_transit.moving") | {"carrier": "china-post"})
        shop.wait(1)

        def row(**wanted: Any) -> dict[str, Any] | None:
            asked = httpx2.post(f"{url}/gettracklist", json=wanted, headers=token)
            found = asked.json()["data"]["accepted"]
            return dict(found[0]) if found else None

        failed = until(lambda: row(push_status="Failure"))
        assert failed is not None
        assert (failed["push_status"], failed["push_status_code"]) == ("Failure", 500)
        assert failed["push_time"]
        assert row(push_status="Success") is None
        assert row(push_status="Failure", push_time_from="2020-01-01T00:00:00Z")
        assert row(order_by="PushTimeDesc")

        native = {"Authorization": f"Bearer {account.key}"}
        subscriptions = f"{server.url}/v1/subscriptions"
        assert httpx2.get(subscriptions, headers=native).json()["subscriptions"] == []
        (one,) = remote(account, "receivers", "--dialect", "17track")
        assert one["url"] == shop.url
        answer = httpx2.patch(f"{subscriptions}/{one['id']}", json={"url": "https://x.example"},
                              headers=native)  # fmt: skip
        assert answer.status_code == 409

        lines = remote(account, "list", "--dialect", "17track")
        assert {(x["dialect"], x["number"]) for x in lines} == {("17track", number)}
        (line,) = (one for one in lines if one["last_code"] == 500)
        assert remote(account, "list", "--dialect", "kdniao") == []
        shop.answer = (200, b"")
        known = len(shop.got)
        assert remote(account, "replay", line["id"])["replayed"] == 1
        shop.wait(known + 1)
        assert remote(account, "test", one["id"])["delivered"] is True
        assert remote(account, "replay", "--all-failed", "--dialect", "17track") == {"replayed": 0}
        assert until(lambda: row(push_status="Success"))


@pytest.fixture(scope="module")
def strict(
    postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    from pg import fresh

    data = tmp_path_factory.mktemp("strict")
    with (
        fresh(postgres, template) as url,
        served(url, data, requests_per_s=0.01, burst=1) as started,
    ):
        yield started


def too_fast(account: Account, dialect: str) -> httpx2.Response:
    """The second call; one is allowed."""
    url, fields = account.server.url, account.fields
    ask = {
        "kdniao": lambda: httpx2.post(f"{url}/api/dist", content=kdniao(fields)),
        "kuaidi100": lambda: httpx2.post(f"{url}/poll/query.do", content=kuaidi100(fields)),
        "17track": lambda: httpx2.post(
            f"{url}/track/v2.2/getquota", json=[], headers={"17token": fields["token"]}
        ),
        "aftership": lambda: httpx2.get(
            f"{url}/tracking/2025-07/couriers", headers={"as-api-key": fields["api_key"]}
        ),
        "easypost": lambda: httpx2.get(f"{url}/v2/trackers", auth=(fields["api_key"], "")),
        "shippo": lambda: httpx2.get(
            f"{url}/tracks/usps/1", headers={"Authorization": f"ShippoToken {fields['token']}"}
        ),
    }[dialect]
    ask()
    return ask()


def kdniao(fields: dict[str, str]) -> str:
    data = '{"LogisticCode":"YT8800990011223"}'
    return urlencode({
        "RequestData": data, "EBusinessID": fields["EBusinessID"], "RequestType": "8002",
        "DataSign": data_sign(data, fields["ApiKey"]), "DataType": "2",
    })  # fmt: skip


def kuaidi100(fields: dict[str, str]) -> str:
    param = '{"com":"yuantong","num":"YT8800990011223"}'
    sign = of_query(param, fields["key"], fields["customer"])
    return urlencode({"customer": fields["customer"], "sign": sign, "param": param})


@pytest.mark.parametrize(
    ("dialect", "status", "word"),
    [
        ("kdniao", 200, "超出请求频率限制"),
        ("kuaidi100", 200, '"returnCode":"504"'),
        ("17track", 429, '"code":429'),
        ("aftership", 429, '"type":"TooManyRequests"'),
        ("easypost", 429, '"code":"RATE_LIMITED"'),
        ("shippo", 429, "Request was throttled."),
    ],
)
def test_too_fast_in_each_vendors_words(
    strict: Served, dialect: str, status: int, word: str
) -> None:
    answer = too_fast(strict.account(dialect), dialect)

    assert answer.status_code == status
    assert word in answer.text
    if dialect == "kdniao":
        assert answer.json()["Success"] is False
