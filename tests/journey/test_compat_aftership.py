"""AfterShip's own Python client against the running application; other versions over raw HTTP."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest

import clients
from milepost.cli.keys import create_credentials, create_key
from milepost.compat.aftership import access, sign
from milepost.compat.core.discovery import find
from milepost.settings import Settings
from milepost.wiring import build_app, open_dialect_stores, open_store

pytest_plugins = ["pg"]
NEWEST = "2026-07"
NUMBER = "1Z0A1B2C0300000017"
DETECTED = "1Z999AA10123456784"
# Performs calls given as JSON, each [api, method, positional, named]; {"$": [call, path…]} stands
# for something an earlier call has answered. Prints what came of each.
DRIVER = """
import json, os, sys
import tracking

def plain(value):
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value

def filled(value, done):
    if isinstance(value, dict) and "$" in value:
        index, *path = value["$"]
        found = done[index]
        for name in path:
            found = found[name]
        return found
    if isinstance(value, dict):
        return {name: filled(one, done) for name, one in value.items()}
    return [filled(one, done) for one in value] if isinstance(value, list) else value

options = tracking.Configuration(max_retry=0, **json.loads(os.environ["CLIENT"]))
client = tracking.Client(options)
done = []
for api, method, positional, named in json.loads(os.environ["CALLS"]):
    try:
        call = getattr(getattr(client, api), method)
        done.append(plain(call(*filled(positional, done), **filled(named, done))))
    except tracking.exceptions.ApiException as error:
        done.append({
            "error": type(error).__name__, "code": error.code.value, "meta": error.meta_code,
            "status": error.status_code, "message": str(error.message),
        })
print(json.dumps(done))
"""


class Account:
    """A tenant, its native key and its AfterShip credentials."""

    _names = count(1)

    def __init__(self, settings: Settings, url: str, callback: str | None = None) -> None:
        self.settings, self.url = settings, url
        self.tenant = f"tenant {next(self._names)}"
        dialect = find("aftership")
        assert dialect is not None
        made = create_credentials(settings, self.tenant, dialect, callback)
        self.fields = asyncio.run(made)
        self.native = asyncio.run(create_key(settings, self.tenant, "test"))

    def send(
        self, method: str, path: str, body: Any = None, version: str = NEWEST, **headers: str
    ) -> httpx2.Response:
        """A raw call."""
        prefix = "/v4" if version == "v4" else f"/tracking/{version}"
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        headers = {"as-api-key": self.fields["api_key"]} | headers
        return httpx2.request(method, self.url + prefix + path, content=content, headers=headers)

    def ask(self, method: str, path: str, body: Any = None, version: str = NEWEST) -> Any:
        """The data of a raw call that succeeds."""
        answer = self.send(method, path, body, version)
        assert answer.status_code in {200, 201}, answer.text
        assert answer.json()["meta"] == {"code": answer.status_code}
        return answer.json()["data"]

    def fault(self, method: str, path: str, body: Any = None, version: str = NEWEST) -> int:
        """The meta.code of one that does not; its envelope is complete."""
        answer = self.send(method, path, body, version)
        meta = answer.json()["meta"]
        assert answer.status_code >= 400
        assert meta["type"]
        assert meta["message"]
        code: int = meta["code"]
        return code

    def create(self, number: str, slug: str = "ups", version: str = NEWEST, **more: Any) -> Any:
        body = {"tracking_number": number, "slug": slug} | more
        wraps = version == "v4" or version < "2024-07"
        made = self.ask("POST", "/trackings", {"tracking": body} if wraps else body, version)
        return made["tracking"] if wraps else made

    def scan(self, number: str, code: str, hours: float, **more: Any) -> None:
        at = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
        scan = {"number": number, "code": code, "occurred_at": at, "carrier": "ups"} | more
        answer = httpx2.post(
            f"{self.url}/v1/scans",
            content=json.dumps([scan]).encode(),
            headers={"Authorization": f"Bearer {self.native}", "Content-Type": "application/json"},
        )
        assert answer.status_code == 202, answer.text
        assert not answer.json()["rejected"], answer.text

    def notice_hooks(self) -> None:
        """The server looks for hooks of other processes when a subscription changes."""
        headers = {"Authorization": f"Bearer {self.native}", "Content-Type": "application/json"}
        url = f"{self.url}/v1/subscriptions"
        content = json.dumps({"url": "http://127.0.0.1:9/", "events": ["alert.cleared"]}).encode()
        made = httpx2.post(url, content=content, headers=headers)
        assert made.status_code == 201, made.text
        httpx2.delete(f"{url}/{made.json()['id']}", headers=headers)

    def client(self, *calls: Any, **options: str) -> list[Any]:
        """What the vendor's own client makes of some calls."""
        python = clients.client("aftership-tracking-sdk==10.0.1")
        given = {"api_key": self.fields["api_key"]} | options
        found: list[Any] = clients.run(
            python,
            DRIVER,
            AFTERSHIP_TRACKING_SDK_DOMAIN=self.url,
            CLIENT=json.dumps(given),
            CALLS=json.dumps(calls),
        )
        return found


class Server:
    """The running application."""

    def __init__(self, settings: Settings, url: str) -> None:
        self.settings, self.url = settings, url

    def account(self, callback: str | None = None) -> Account:
        return Account(self.settings, self.url, callback)


@pytest.fixture(scope="module")
def server(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data: Path = tmp_path_factory.mktemp("data")
    port = clients.free_port()
    settings = Settings(
        data=data, database=module_url, port=port, allow_private_targets=True,
        public_url=f"http://127.0.0.1:{port}",
    )  # fmt: skip
    with clients.serving(build_app(settings), port) as url:
        yield Server(settings, url)


@pytest.fixture
def me(server: Server) -> Account:
    return server.account()


def call(api: str, method: str, *positional: Any, **named: Any) -> list[Any]:
    return [api, method, list(positional), named]


def create(body: dict[str, Any]) -> list[Any]:
    return call("tracking", "create_tracking", body)


def answered(index: int, *path: str | int) -> dict[str, Any]:
    return {"$": [index, *path]}


def test_client_keeps_trackings(me: Account) -> None:
    me.scan(NUMBER, "in_transit.arrived_hub", 30, place="Utrecht")
    made, got, changed, listed, gone, absent = me.client(
        create({
            "tracking_number": NUMBER, "slug": "ups", "title": "Blue lamp",
            "order_id": "o-81", "shipment_tags": ["lamp"], "custom_fields": {"shelf": "7b"},
            "destination_country_region": "NLD", "destination_city": "Utrecht",
            "customers": [{"role": "buyer", "name": "Ada Vos", "email": "ada@example.org"}],
            "order_promised_delivery_date": {"promised_delivery_date": "2031-02-03"},
        }),
        call("tracking", "get_tracking_by_id", answered(0, "data", "id")),
        call("tracking", "update_tracking_by_id", answered(0, "data", "id"), {"note": "by hand"}),
        call("tracking", "get_trackings", tracking_numbers=NUMBER, fields="title,note"),
        call("tracking", "delete_tracking_by_id", answered(0, "data", "id")),
        call("tracking", "get_tracking_by_id", answered(0, "data", "id")),
    )  # fmt: skip

    assert len(made["data"]["id"]) == 32
    assert len(made["data"]["legacy_id"]) == 24
    assert made["response_header"]["x-ratelimit-limit"]
    assert made["response_header"]["as-api-version"] == [NEWEST]
    assert got["data"]["tag"] == "InTransit"
    assert got["data"]["subtag"] == "InTransit_003"
    assert got["data"]["subtag_message"] == "Arrival scan"
    assert got["data"]["active"] is True
    assert got["data"]["custom_fields"] == {"shelf": "7b"}
    assert got["data"]["customers"][0]["email"] == "ada@example.org"
    assert got["data"]["destination_country_region"] == "NLD"
    assert got["data"]["latest_estimated_delivery"]["source"] == "Order EDD"
    assert got["data"]["latest_estimated_delivery"]["datetime"][:10] == "2031-02-03"
    assert got["data"]["checkpoints"][0]["location"] == "Utrecht"
    assert changed["data"]["note"] == "by hand"
    assert changed["data"]["title"] == "Blue lamp"
    assert listed["data"]["pagination"]["total"] == 1
    assert listed["data"]["trackings"][0]["note"] == "by hand"
    assert listed["data"]["trackings"][0]["tag"] is None
    assert gone["data"]["tracking_number"] == NUMBER
    assert (absent["error"], absent["meta"], absent["status"]) == ("NotFoundError", 4004, 404)
    assert absent["code"] == "TRACKING_DOES_NOT_EXIST"


def test_client_ends_and_retracks(me: Account) -> None:
    made = me.create("1Z0A1B2C0300000026")
    completed, bad, tracked, twice, active = me.client(
        call("tracking", "mark_tracking_completed_by_id", made["id"], {"reason": "LOST"}),
        call("tracking", "mark_tracking_completed_by_id", made["id"], {"reason": "EATEN"}),
        call("tracking", "retrack_tracking_by_id", made["id"]),
        call("tracking", "retrack_tracking_by_id", made["id"]),
        call("tracking", "get_tracking_by_id", made["id"]),
    )

    assert made["tag"] == "Pending"
    assert completed["data"]["subtag"] == "Exception_013"
    assert completed["data"]["active"] is False
    assert completed["data"]["checkpoints"][-1]["source"] == "user"
    assert (bad["error"], bad["meta"]) == ("BadRequestError", 4008)
    assert tracked["data"]["active"] is True
    assert (twice["error"], twice["meta"]) == ("BadRequestError", 4013)
    assert active["data"]["active"] is True

    me.ask("POST", f"/trackings/{made['id']}/mark-as-completed", {"reason": "DELIVERED"})
    assert me.fault("POST", f"/trackings/{made['id']}/retrack") == 4016


def test_client_knows_couriers(me: Account) -> None:
    all_of_them, two, found, among, none = me.client(
        call("courier", "get_couriers"),
        call("courier", "get_couriers", slug="ups,sf-express"),
        call("courier", "detect_courier", {"tracking_number": DETECTED}),
        call("courier", "detect_courier", {"tracking_number": DETECTED, "slug": ["dhl"]}),
        call("courier", "detect_courier", {"tracking_number": "?"}),
    )  # fmt: skip

    assert all_of_them["data"]["total"] == len(all_of_them["data"]["couriers"]) >= 150
    assert {one["slug"] for one in two["data"]["couriers"]} == {"ups", "sf-express"}
    assert found["data"]["couriers"][0]["slug"] == "ups"
    assert among["data"] == {"total": 0, "couriers": []}
    assert none["data"]["total"] == 0


def test_client_predicts_from_own_parcels_and_else_by_distance(me: Account) -> None:
    asked = {
        "slug": "ups",
        "origin_address": {"country_region": "DEU"},
        "destination_address": {"country_region": "NLD"},
        "pickup_time": "2031-03-03 10:00:00",
    }
    unknown, incomplete = me.client(
        call("estimated_delivery_date", "predict", asked),
        call("estimated_delivery_date", "predict", {"slug": "ups"}),
    )
    assert unknown["data"]["slug"] == "ups"
    assert unknown["data"]["confidence_code"] == 30004  # countries say little of a distance
    names = [f"estimated_delivery_date{end}" for end in ("_min", "", "_max")]
    days = [unknown["data"][name] for name in names]
    assert "2031-03-03" < days[0] < days[1] < days[2] < "2031-05-01"
    assert (incomplete["error"], incomplete["meta"]) == ("BadRequestError", 4009)

    ends = {"origin_country_region": "AUT", "destination_country_region": "CHE"}
    for index in range(6):
        number = f"1Z0A1B2C03100000{index:02}"
        me.create(number, **ends)
        me.scan(number, "picked_up", 24 * 5)
        me.scan(number, "delivered", 24 * (5 - 2 - index % 2))
    asked["origin_address"] = {"country_region": "AUT"}
    asked["destination_address"] = {"country_region": "CHE"}
    shop = {
        "order_time": "2031-03-07 18:00:00", "order_cutoff_time": "16:00:00",
        "business_days": [1, 2, 3, 4, 5], "order_processing_time": {"unit": "day", "value": 1},
    }  # fmt: skip
    later = {name: value for name, value in asked.items() if name != "pickup_time"}
    one, batch, too_many = me.client(
        call("estimated_delivery_date", "predict", asked),
        call("estimated_delivery_date", "predict_batch", {
            "estimated_delivery_dates": [asked, later | {"estimated_pickup": shop}],
        }),
        call("estimated_delivery_date", "predict_batch", {"estimated_delivery_dates": [asked] * 6}),
    )  # fmt: skip

    assert one["data"]["estimated_delivery_date_min"] == "2031-03-05"
    assert one["data"]["estimated_delivery_date_max"] == "2031-03-06"
    assert one["data"]["confidence_code"] == 30002
    second = batch["data"]["estimated_delivery_dates"][1]
    assert second["estimated_pickup"]["pickup_time"][:10] == "2031-03-11"
    assert second["estimated_delivery_date_min"] == "2031-03-13"
    assert (too_many["error"], too_many["meta"]) == ("BadRequestError", 4008)


def test_client_keeps_courier_connections(me: Account, server: Server) -> None:
    made, bad, changed, got, listed, gone, absent = me.client(
        call("courier_connection", "post_courier_connections", {
            "courier_slug": "fedex", "credentials": {"api_key": "k-1", "account": "5510"},
        }),
        call("courier_connection", "post_courier_connections", {"credentials": {}}),
        call("courier_connection", "put_courier_connections_by_id", answered(0, "data", "id"), {
            "credentials": {"api_key": "k-2"},
        }),
        call("courier_connection", "get_courier_connections_by_id", answered(0, "data", "id")),
        call("courier_connection", "get_courier_connections", courier_slug="fedex"),
        call("courier_connection", "delete_courier_connections_by_id", answered(0, "data", "id")),
        call("courier_connection", "get_courier_connections_by_id", answered(0, "data", "id")),
    )  # fmt: skip

    assert made["data"]["courier_slug"] == "fedex"
    assert (bad["error"], bad["meta"]) == ("BadRequestError", 4009)
    assert changed["data"]["credentials"] == {"api_key": "k-2"}
    assert got["data"] == changed["data"]
    assert listed["data"]["pagination"] == {
        "total": 1, "next_cursor": "", "has_next_page": False,
    }  # fmt: skip
    assert listed["data"]["courier_connections"][0]["id"] == made["data"]["id"]
    assert gone["data"]["id"] == made["data"]["id"]
    assert (absent["error"], absent["status"]) == ("NotFoundError", 404)
    other = me.ask("POST", "/courier-connections", {"courier_slug": "dhl", "credentials": {}})
    assert server.account().fault("GET", f"/courier-connections/{other['id']}") == 404


def test_client_pages_by_cursor(me: Account) -> None:
    for index in range(5):
        me.create(f"1Z0A1B2C03200000{index:02}", order_id=f"o-{index % 2}")
    first, second, third, wrong = me.client(
        call("tracking", "get_trackings", limit=2),
        call("tracking", "get_trackings", limit=2,
             cursor=answered(0, "data", "pagination", "next_cursor")),
        call("tracking", "get_trackings", limit=2,
             cursor=answered(1, "data", "pagination", "next_cursor")),
        call("tracking", "get_trackings", cursor="no cursor"),
    )  # fmt: skip

    pages = [one["data"] for one in (first, second, third)]
    numbers = [one["tracking_number"] for page in pages for one in page["trackings"]]
    assert numbers == [f"1Z0A1B2C03200000{index:02}" for index in reversed(range(5))]
    assert [page["pagination"]["total"] for page in pages] == [5, 5, 5]
    assert [page["pagination"]["has_next_page"] for page in pages] == [True, True, False]
    assert (wrong["error"], wrong["meta"]) == ("BadRequestError", 4008)


def test_client_signs(me: Account) -> None:
    calls = (
        create({"tracking_number": "1Z0A1B2C0300000035", "slug": "ups"}),
        call("tracking", "get_trackings", keyword="a b&c=ü*~", limit=3, tag="Pending"),
        call("courier", "get_couriers", slug="", headers={"as-store-id": "shop 7"}),
    )  # fmt: skip
    options = {"authentication_type": "AES", "api_secret": me.fields["api_secret"]}
    signed = me.client(*calls, **options)
    forged = me.client(calls[1], **options | {"api_secret": "wrong"})
    unregistered = me.client(calls[1], authentication_type="RSA", api_secret=private_key())

    assert all("error" not in one for one in signed), signed
    assert (forged[0]["error"], forged[0]["meta"]) == ("UnauthorizedError", 401)
    assert unregistered[0]["error"] == "UnauthorizedError"


def private_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def test_client_signs_with_rsa_where_its_key_is_registered(me: Account) -> None:
    from cryptography.hazmat.primitives import serialization

    private = private_key()
    loaded = serialization.load_pem_private_key(private.encode(), None)
    public = loaded.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    secrets = {"api_key": "rsa-only", "api_secret": "unused"}
    secrets |= {access.PUBLIC_KEY: public.decode(), access.AUTH_TYPE: "RSA"}

    async def add() -> None:
        store = await open_store(me.settings)
        credentials, _ = open_dialect_stores(me.settings, store.pool)
        owner = await store.accounts.tenant(me.tenant)
        await credentials.add(owner, "aftership", "rsa-only", secrets)
        await store.close()

    asyncio.run(add())
    one = call("tracking", "get_trackings", limit=1)
    good = me.client(one, api_key="rsa-only", authentication_type="RSA", api_secret=private)
    other = me.client(one, api_key="rsa-only", authentication_type="RSA", api_secret=private_key())
    plain = me.client(one, api_key="rsa-only")

    assert "error" not in good[0], good
    assert other[0]["error"] == plain[0]["error"] == "UnauthorizedError"


def test_client_understands_faults(me: Account, server: Server) -> None:
    made = me.create("1Z0A1B2C0300000044")
    faults = me.client(
        create({"slug": "ups"}),
        create({"tracking_number": "!!", "slug": "ups"}),
        create({"tracking_number": "1Z0A1B2C0300000044", "slug": "ups"}),
        create({"tracking_number": "1Z0A1B2C0300000053", "slug": "nobody"}),
        create({"tracking_number": "ZZZZ-ZZZZ-QQQQ-Q"}),
        call("tracking", "retrack_tracking_by_id", made["id"]),
        call("tracking", "get_trackings", tag="Eaten"),
        call("tracking", "get_trackings", created_at_min="yesterday"),
    )  # fmt: skip

    assert [one["meta"] for one in faults] == [4007, 4005, 4003, 4010, 4012, 4013, 4008, 4008]
    assert {one["error"] for one in faults} == {"BadRequestError"}
    unknown = me.client(call("courier", "get_couriers"), api_key="nobody")
    assert (unknown[0]["error"], unknown[0]["code"]) == ("UnauthorizedError", "API_KEY_INVALID")
    foreign = server.account()
    assert foreign.fault("GET", f"/trackings/{made['id']}") == 4004


def test_raw_faults_keep_the_envelope(me: Account) -> None:
    assert me.fault("POST", "/trackings", b"{") == 4001
    assert me.fault("POST", "/trackings", b"\xff\xfe") == 4001
    assert me.fault("POST", "/trackings", [1]) == 400
    assert me.fault("POST", "/trackings", {"tracking_number": 5, "slug": "ups"}) == 4005
    assert me.fault("POST", "/trackings", {"tracking_number": "汉汉汉汉", "slug": "ups"}) == 4017
    assert me.fault("POST", "/trackings", b" " * 1_200_000) == 413
    assert me.fault("GET", "/nothing/here") == 404
    assert me.fault("GET", "/trackings?slug=%00") == 400
    assert me.fault("GET", "/trackings/a%00b") == 400
    assert me.fault("PATCH", "/trackings") == 404
    assert me.fault("GET", "/couriers", version="2026-13") == 404
    assert me.fault("GET", "/trackings/no-id", version="2024-10") == 4015
    assert me.fault("GET", "/trackings?tracking_numbers=" + ",".join(["AAAA1"] * 51)) == 4008
    existing = me.create("1Z0A1B2C0300000062")
    again = me.send("POST", "/trackings", {"tracking_number": "1Z0A1B2C0300000062", "slug": "ups"})
    assert again.json()["data"]["id"] == existing["id"]
    assert me.send("GET", "/couriers", **{"as-api-key": ""}).status_code == 401


def test_lists_filter(me: Account) -> None:
    me.create("1Z0A1B2C0300000071", shipment_tags=["a", "b"], title="Green vase")
    me.create("1Z0A1B2C0300000080", order_id="o-5", destination_country_region="JPN")
    me.scan("1Z0A1B2C0300000080", "out_for_delivery", 2)
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    before = (datetime.now(UTC) - timedelta(hours=1)).isoformat().replace("+", "%2B")

    def listed(query: str) -> list[str]:
        page = me.ask("GET", f"/trackings?{query}")
        assert page["pagination"]["total"] == len(page["trackings"])
        return [one["tracking_number"][-4:] for one in page["trackings"]]

    assert listed("tag=OutForDelivery") == ["0080"]
    assert listed("tag=Pending,OutForDelivery") == ["0080", "0071"]
    assert listed("shipment_tags=b") == ["0071"]
    assert listed("keyword=vase") == ["0071"]
    assert listed("order_id=o-5") == ["0080"]
    assert listed("destination=JPN") == ["0080"]
    assert listed("slug=dhl") == []
    assert listed(f"created_at_min={soon}") == []
    assert listed(f"created_at_min={before}&updated_at_min={before}") == ["0080", "0071"]
    assert listed("return_to_sender=true") == []


def test_own_ids(me: Account) -> None:
    made = me.create("1Z0A1B2C0300000099", id="mine-7")
    assert made["id"] == "mine-7"
    assert me.ask("GET", "/trackings/mine-7")["tracking_number"] == made["tracking_number"]
    body = {"tracking_number": "1Z0A1B2C0300000106", "slug": "ups", "id": "mine-7"}
    assert me.fault("POST", "/trackings", body) == 4003


def test_a_number_that_says_its_carrier_needs_no_slug(me: Account) -> None:
    told = me.ask("POST", "/trackings", {"tracking_number": DETECTED})
    assert told["slug"] == "ups"
    me.scan("QX7700112233QQ", "in_transit.moving", 1, carrier="yto")
    known = me.ask("POST", "/trackings", {"tracking_number": "QX7700112233QQ"})
    assert known["slug"] == "yto"


@pytest.mark.parametrize("version", ["v4", "2023-10", "2024-04"])
def test_old_versions_are_wrapped(me: Account, version: str) -> None:
    number = "1Z0A1B2C0300000115"
    body = {
        "tracking_number": number, "slug": "ups", "emails": ["ada@example.org"], "smses": ["+3161"],
        "customer_name": "Ada", "destination_country_iso3": "NLD",
        "order_promised_delivery_date": "2031-02-03",
        "next_couriers": [{"slug": "dpd", "tracking_number": "05301234567890"}],
    }  # fmt: skip
    made = me.ask("POST", "/trackings", {"tracking": body}, version)["tracking"]
    place = {"name": "Hub 4", "country": "NL", "postal_code": "3511"}
    me.scan(number, "picked_up", 20, place=place | {"latitude": 52.1, "longitude": 5.1})
    got = me.ask("GET", f"/trackings/ups/{number}", None, version)["tracking"]

    assert me.fault("POST", "/trackings", body, version) == 4006
    assert made["emails"] == ["ada@example.org"]
    assert made["smses"] == ["+3161"]
    assert made["customer_name"] == "Ada"
    assert made["order_promised_delivery_date"] == "2031-02-03"
    assert made["next_couriers"][0]["tracking_number"] == "05301234567890"
    assert got["id"] == made["id"]
    assert got["destination_country_iso3"] == "NLD"
    assert got["expected_delivery"] is None
    assert got["shipment_weight_unit"] is None
    assert got["last_updated_at"] == got["updated_at"]
    checkpoint = got["checkpoints"][0]
    assert checkpoint["country_iso3"] == "NLD"
    assert checkpoint["zip"] == "3511"
    assert {"customers", "last_mile", "destination_country_region"}.isdisjoint(got)
    if version == "2024-04":
        assert checkpoint["coordinate"] == {"latitude": 52.1, "longitude": 5.1}
    else:
        assert checkpoint["coordinates"] == [5.1, 52.1]
    page = me.ask("GET", "/trackings?page=1&limit=10", None, version)
    assert (page["page"], page["limit"], page["count"]) == (1, 10, 1)
    assert page["trackings"][0]["id"] == made["id"]
    assert me.ask("GET", "/trackings?page=2&limit=10", None, version)["trackings"] == []


def test_v4_has_its_own_paths(me: Account) -> None:
    number = "1Z0A1B2C0300000124"
    made = me.create(number, version="v4", emails=["a@example.org"])
    me.scan(number, "in_transit.moving", 3)
    key = {"aftership-api-key": me.fields["api_key"], "as-api-key": ""}
    one = f"/trackings/ups/{number}"

    assert me.send("GET", one, None, "v4", **key).status_code == 200
    last = me.ask("GET", f"/last_checkpoint/ups/{number}", None, "v4")
    assert last["tag"] == "InTransit"
    assert last["checkpoint"]["subtag"] == "InTransit_001"
    assert me.ask("GET", f"/last_checkpoint/{made['id']}", None, "v4") == last
    wanted = {"notification": {"emails": ["b@example.org"], "smses": "+3162"}}
    added = me.ask("POST", f"/notifications/ups/{number}/add", wanted, "v4")
    assert added["notification"] == {
        "emails": ["a@example.org", "b@example.org"], "smses": ["+3162"],
    }  # fmt: skip
    less = {"notification": {"emails": ["a@example.org"]}}
    me.ask("POST", f"/notifications/{made['id']}/remove", less, "v4")
    left = me.ask("GET", f"/notifications/{made['id']}", None, "v4")
    assert left["notification"]["emails"] == ["b@example.org"]
    assert me.fault("POST", f"/notifications/{made['id']}/add", {}, "v4") == 4014
    changed = me.ask("PUT", one, {"tracking": {"title": "New"}}, "v4")["tracking"]
    assert changed["title"] == "New"
    done = me.ask("POST", f"{one}/mark-as-completed", {"reason": "RETURNED_TO_SENDER"}, "v4")
    assert done["tracking"]["subtag"] == "Exception_011"
    assert me.ask("POST", f"{one}/retrack", None, "v4")["tracking"]["active"] is True
    assert me.ask("GET", "/couriers/all", None, "v4")["total"] >= 150
    wrapped = {"tracking": {"tracking_number": DETECTED, "slug": "ups,dhl"}}
    assert me.ask("POST", "/couriers/detect", wrapped, "v4")["couriers"][0]["slug"] == "ups"
    assert me.ask("DELETE", one, None, "v4")["tracking"]["id"] == made["id"]
    assert me.fault("GET", one, None, "v4") == 4004
    assert me.fault("GET", f"/trackings/nobody/{number}", None, "v4") == 4010


def test_pushes_are_signed_and_tried_again(server: Server) -> None:
    with clients.sink() as receiver:
        me = server.account(receiver.url + "/hook")
        receiver.next = [(500, b"")]
        me.create("1Z0A1B2C0300000133", title="Red chair")
        me.create("1Z0A1B2C0300000142", slug="dhl")
        me.notice_hooks()
        me.scan("1Z0A1B2C0300000133", "out_for_delivery", 1, text="On the van")
        me.scan("ZZ99999999ZZ", "out_for_delivery", 1)
        [first] = receiver.wait(1)
        body = json.loads(first.body)

        assert first.path == "/hook"
        assert first.headers["as-webhook-version"] == NEWEST
        assert first.headers["user-agent"] == "AfterShipTrackingWebhook/4.0.0"
        secret = me.fields["api_secret"]
        assert first.headers["aftership-hmac-sha256"] == sign.hmac_of(secret, first.body)
        assert body["event"] == "tracking_update"
        assert body["is_tracking_first_tag"] is True
        assert body["msg"]["title"] == "Red chair"
        assert body["msg"]["tag"] == "OutForDelivery"
        assert body["msg"]["checkpoints"][0]["message"] == "On the van"
        assert abs(body["ts"] - time.time()) < 60
        answer = httpx2.get(
            f"{me.url}/v1/deliveries", headers={"Authorization": f"Bearer {me.native}"}
        )
        [waiting] = answer.json()["deliveries"]
        assert waiting["state"] == "pending"
        assert waiting["attempts"] == 1
        me.scan("1Z0A1B2C0300000133", "delivered", 0.5)
        second = json.loads(receiver.wait(2)[1].body)
        assert second["msg"]["tag"] == "Delivered"
        assert second["event_id"] != body["event_id"]
        made = me.create("1Z0A1B2C0300000151")
        me.ask("POST", f"/trackings/{made['id']}/mark-as-completed", {"reason": "LOST"})
        third = json.loads(receiver.wait(3)[2].body)
        assert third["msg"]["subtag"] == "Exception_013"
        assert third["is_tracking_first_tag"] is True


def test_a_promise_is_told_once(me: Account) -> None:
    made = me.create("1Z0A1B2C0300000160", order_promised_delivery_date={
        "promised_delivery_date_min": "2031-02-02", "promised_delivery_date_max": "2031-02-04",
    })  # fmt: skip
    window = made["latest_estimated_delivery"]
    later = me.ask("PUT", f"/trackings/{made['id']}", {"title": "x", "order_number": "A-1"})
    body = {"order_promised_delivery_date": {"promised_delivery_date": "2031-03-01"}}
    changed = me.ask("PUT", f"/trackings/{made['id']}", body)

    assert (window["datetime_min"][:10], window["datetime_max"][:10]) == (
        "2031-02-02",
        "2031-02-04",
    )
    assert later["latest_estimated_delivery"] == window
    assert later["order_number"] == "A-1"
    assert changed["latest_estimated_delivery"]["datetime"][:10] == "2031-03-01"


def test_an_end_in_the_future_is_refused_and_changes_nothing(me: Account) -> None:
    made = me.create("1Z0A1B2C0300000179")
    body = {"reason": "DELIVERED", "event_datetime": "2190-01-01T00:00:00Z"}

    assert me.fault("POST", f"/trackings/{made['id']}/mark-as-completed", body) == 4008
    assert me.ask("GET", f"/trackings/{made['id']}")["active"] is True
    body["event_datetime"] = "2026-01-02T10:00:00+01:00"
    done = me.ask("POST", f"/trackings/{made['id']}/mark-as-completed", body)
    assert done["shipment_delivery_date"] == "2026-01-02T10:00:00+01:00"
