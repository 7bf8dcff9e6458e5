"""What clients of the dialects tell of people: sealed, given back to them, gone after erasing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from httpx2 import Response

from journey.dumping import kept, leaks
from journey.running import NOW, Caller, Clock, Running, running, scan
from milepost.compat.core.discovery import all_dialects
from milepost.compat.kdniao.routes import PATHS
from milepost.compat.kdniao.sign import data_sign
from milepost.domain.event import key_of
from milepost.domain.place import Place
from milepost.domain.scan import Facts

pytest_plugins = ["pg"]
ALL = ("read", "write", "personal")
NAME, MAIL, PHONE = "Ottokar Erdachtmann", "ottokar@erdacht.example", "+4917155501777"
STREET = "Erdichtete Allee 41b"
WORDS = (NAME, "Erdachtmann", MAIL, PHONE, "17155501777", STREET, "Erdichtete")


class Shop:
    """A tenant with credentials of all dialects."""

    def __init__(self, app: Running) -> None:
        self.app, self.me = app, app.caller(scopes=ALL)
        self.fields: dict[str, dict[str, str]] = {}
        credentials = app.milepost.telling.dialects.credentials
        for vendor, dialect in all_dialects().items():
            public, self.fields[vendor] = dialect.make_credentials()
            app.call(credentials.add, self.me.tenant, vendor, public, self.fields[vendor])

    def aftership(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.app.client.request(
            method, f"/tracking/2026-07{path}", json=body,
            headers={"as-api-key": self.fields["aftership"]["api_key"]},
        )  # fmt: skip
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()["data"]

    def seventeentrack(self, call: str, *items: Any) -> Any:
        token = self.fields["seventeentrack"]["token"]
        answer = self.app.client.post(
            f"/track/v2.4/{call}", json=list(items), headers={"17token": token}
        )
        return _right(answer)["data"]["accepted"]

    def kuaidi100(self, **param: Any) -> Any:
        text = json.dumps({"key": self.fields["kuaidi100"]["key"]} | param, ensure_ascii=False)
        return _right(self.app.client.post("/poll", data={"schema": "json", "param": text}))

    def kdniao(self, kind: str, data: dict[str, Any]) -> Any:
        fields, text = self.fields["kdniao"], json.dumps(data)
        form = {
            "RequestData": text, "EBusinessID": fields["EBusinessID"], "RequestType": kind,
            "DataSign": data_sign(text, fields["ApiKey"]), "DataType": "2",
        }  # fmt: skip
        return _right(self.app.client.post(PATHS[0], data=form))

    def shippo(self, method: str, path: str, body: Any = None) -> Any:
        token = self.fields["shippo"]["token"]
        headers = {"Authorization": f"ShippoToken {token}"}
        return _right(self.app.client.request(method, path, json=body, headers=headers))

    def erase(self, number: str) -> None:
        path = f"/v1/shipments/{self.me.track(number)['shipment']}/personal"
        answer = self.me.client.delete(path, headers=self.me.headers)
        assert answer.status_code == 204, answer.text


def _right(answer: Response) -> Any:
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def app(module_url: str, folder: Path) -> Iterator[Running]:
    with running(module_url, data=folder, allow_private_targets=True) as started:
        yield started


@pytest.fixture
def shop(app: Running) -> Shop:
    return Shop(app)


def test_what_aftership_is_told_is_sealed_comes_back_and_goes(
    shop: Shop, app: Running, folder: Path
) -> None:
    number = "1Z0A1B2C0300000911"
    told = {
        "title": f"Lamp for {NAME}", "note": f"ring at {STREET}", "custom_fields": {"for": NAME},
        "customers": [{"name": NAME, "email": MAIL, "phone_number": PHONE, "role": "buyer"}],
        "destination_raw_location": f"{STREET}, 89073 Ulm", "destination_city": "Ulm",
        "destination_postal_code": "89073", "destination_country_region": "DEU",
        "shipment_tags": [NAME], "tracking_key": PHONE, "pickup_note": MAIL,
    }  # fmt: skip
    made = shop.aftership(
        "POST", "/trackings",
        {"tracking_number": number, "slug": "ups", "order_id": "A-17", "id": "our-1"} | told,
    )  # fmt: skip
    assert {name: made[name] for name in told} == told
    assert leaks(kept(app, folder), WORDS) == []
    shop.me.scan(scan(number, carrier="ups"))
    found = shop.aftership("GET", "/trackings?order_id=A-17")["trackings"]
    assert [one["title"] for one in found] == [told["title"]]
    assert shop.aftership("GET", "/trackings?keyword=erdachtmann")["trackings"]
    shop.aftership("PUT", "/trackings/our-1", {"note": f"ask {NAME} first"})
    assert shop.aftership("GET", "/trackings/our-1")["note"] == f"ask {NAME} first"

    shop.erase(number)

    after = shop.aftership("GET", "/trackings/our-1")
    assert (after["title"], after["customers"], after["note"]) == (number, [], None)
    assert (after["destination_city"], after["order_number"]) == ("Ulm", "A-17")
    assert leaks(json.dumps(after).encode(), WORDS) == []
    assert app.sql("SELECT FROM vault_item WHERE tenant = $1", shop.me.tenant) == []


def test_what_the_others_are_told(shop: Shop, app: Running, folder: Path) -> None:
    track17, sf = "LP0000000001917", "SF1311111111917"
    kd, usps = "YT7700000000917", "9400188877776917"
    shop.seventeentrack("register", {
        "number": track17, "carrier": 3011, "tag": NAME, "remark": f"for {NAME}", "email": MAIL,
        "phone_number": PHONE, "param": PHONE, "destination_country": "DE",
        "destination_city": "Ulm",
    })  # fmt: skip
    assert shop.kuaidi100(company="shunfeng", number=sf, to=f"{STREET} 乌尔姆", parameters={
        "callbackurl": "http://127.0.0.1:9/kuaidi", "phone": PHONE, "mobiletelephone": PHONE,
    })["result"]  # fmt: skip
    person = {"Name": NAME, "Mobile": PHONE, "Address": STREET, "CityName": "杭州市"}
    assert shop.kdniao("1008", {
        "ShipperCode": "YTO", "LogisticCode": kd, "CallBack": f"{NAME}\n{MAIL}",
        "Receiver": person, "Sender": person, "CustomerName": "1777", "Remark": STREET,
    })["Success"]  # fmt: skip
    shop.shippo("POST", "/tracks/", {
        "carrier": "usps", "tracking_number": usps, "metadata": f"for {NAME}, {STREET}",
    })  # fmt: skip
    for one in (track17, sf, kd, usps):
        shop.me.scan(scan(one))

    assert leaks(kept(app, folder), WORDS) == []
    (row,) = shop.seventeentrack("gettrackinfo", {"number": track17})
    assert row["tag"] == NAME
    assert shop.shippo("GET", f"/tracks/usps/{usps}")["metadata"] == f"for {NAME}, {STREET}"
    for one in (track17, sf, kd, usps):
        shop.erase(one)
    (row,) = shop.seventeentrack("gettrackinfo", {"number": track17})
    assert row["tag"] is None
    assert not shop.shippo("GET", f"/tracks/usps/{usps}")["metadata"]
    assert app.sql("SELECT FROM vault_item WHERE tenant = $1", shop.me.tenant) == []


def test_the_phone_that_a_subscriber_gave_still_opens_a_road(shop: Shop) -> None:
    number = "SF1311111111918"
    shop.kuaidi100(company="shunfeng", number=number, parameters={
        "callbackurl": "http://127.0.0.1:9/kuaidi", "phone": PHONE,
    })  # fmt: skip
    shop.me.scan(scan(number))
    assert _kuaidi100_sees(shop, number, "1777")
    assert not _kuaidi100_sees(shop, number, "1234")


def _kuaidi100_sees(shop: Shop, number: str, phone: str) -> bool:
    fields = shop.fields["kuaidi100"]
    text = json.dumps({"com": "shunfeng", "num": number, "phone": phone})
    sign = md5((text + fields["key"] + fields["customer"]).encode()).hexdigest().upper()
    form = {"customer": fields["customer"], "param": text, "sign": sign}
    return bool(_right(shop.app.client.post("/poll/query.do", data=form)).get("data"))


def test_rows_from_before_are_taken_over_at_the_start(store_url: str, tmp_path: Path) -> None:
    """Of two trackings in clear, one of whose people were erased after it was written."""
    clock, numbers = Clock(), ("1Z0A1B2C0300000922", "1Z0A1B2C0300000933")
    with running(store_url, clock, data=tmp_path) as app:
        shop = Shop(app)
        for number in numbers:
            shop.aftership("POST", "/trackings", {
                "tracking_number": number, "slug": "ups", "destination_raw_location": "Ulm",
            })  # fmt: skip
        tenant = shop.me.tenant
    erased = key_of(tenant, numbers[1])
    asyncio.run(_as_before(store_url, tenant, erased))
    with running(store_url, clock, data=tmp_path) as app:
        app.call(_take_over, app)
        assert leaks(kept(app, tmp_path), WORDS) == []
        shop.app, shop.me = app, Caller(app.client, shop.me.key, tenant)
        found = shop.aftership("GET", "/trackings")["trackings"]
        assert [one["title"] for one in found] == [numbers[1], f"Lamp for {NAME}"]
        said = [shop.me.track(one)["destination"] for one in numbers]
        assert said == [{"name": f"{STREET}, 89073 Ulm"}, {"name": "89073 Ulm"}]


async def _as_before(url: str, tenant: int, erased: int) -> None:
    """As rows were when there was no vault for them."""
    connection = await asyncpg.connect(url)
    await connection.execute("DELETE FROM vault_item")
    await connection.execute(
        "UPDATE dialect_watch SET in_clear = true, options = options || $1",
        json.dumps({"title": f"Lamp for {NAME}"}),
    )
    for fact in await connection.fetch("SELECT id, body FROM fact"):
        facts = msgspec.structs.replace(
            msgspec.msgpack.decode(fact["body"], type=Facts),
            destination=Place(name=f"{STREET}, 89073 Ulm"),
        )
        await connection.execute(
            "UPDATE fact SET body = $2 WHERE id = $1", fact["id"], msgspec.msgpack.encode(facts)
        )
    await connection.execute("INSERT INTO fact_in_clear SELECT 0, max(id) FROM fact")
    await connection.execute(
        "INSERT INTO vault_erased (tenant, road, erased_at, done_at) VALUES ($1, $2, $3, $3)",
        tenant, erased, NOW,
    )  # fmt: skip
    await connection.close()


async def _take_over(app: Running) -> None:
    await next(one for one in app.milepost.features if hasattr(one, "erasing")).take_over()
