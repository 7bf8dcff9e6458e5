"""EasyPost's and Shippo's own clients, unmodified, against the running application."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest

from clients import Sink, client, free_port, run, serving, sink
from milepost.cli.keys import create_credentials, create_key
from milepost.compat.core.discovery import all_dialects
from milepost.settings import Settings
from milepost.wiring import build_app
from shared import ROOT

pytest_plugins = ["pg"]
EASYPOST, SHIPPO = "easypost==10.7.0", "shippo==3.9.0"
_numbers = count(940018887777666655)


class Shop:
    """A merchant with credentials of both vendors, and its carrier, which talks to Milepost."""

    def __init__(self, url: str, settings: Settings, tenant: str) -> None:
        self.url = url

        def made(vendor: str) -> dict[str, str]:
            dialect = all_dialects()[vendor]
            return asyncio.run(create_credentials(settings, tenant, dialect, None))

        self.easypost = made("easypost")["api_key"]
        self.shippo = made("shippo")["token"]
        self._native = asyncio.run(create_key(settings, tenant, "carrier"))

    @property
    def environment(self) -> dict[str, str]:
        return {"BASE": self.url, "EASYPOST_KEY": self.easypost, "SHIPPO_TOKEN": self.shippo}

    def scan(self, number: str, code: str, at: str, **more: Any) -> None:
        scan = {"number": number, "carrier": "usps", "code": code, "occurred_at": at, **more}
        headers = {"Authorization": f"Bearer {self._native}"}
        answer = httpx2.post(f"{self.url}/v1/scans", json=[scan], headers=headers, timeout=20)
        assert answer.json()["rejected"] == []

    def road(self) -> str:
        """A parcel in Chicago."""
        number = f"{next(_numbers)}0001"
        self.scan(number, "picked_up", "2026-06-01T18:00:00-05:00", text="Accepted")
        self.scan(number, "in_transit.arrived_hub", "2026-06-02T22:05:00-05:00",
                  text="Arrived at hub", place={"city": "Chicago", "region": "IL",
                                                "country": "US"})  # fmt: skip
        return number

    def ep(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.easypost if key is None else key}"}
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return httpx2.request(
            method, f"{self.url}/v2{path}", content=content, headers=headers, timeout=20
        )

    def sh(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        headers = {"Authorization": f"ShippoToken {self.shippo if token is None else token}"}
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return httpx2.request(
            method, f"{self.url}{path}", content=content, headers=headers, timeout=20
        )


@pytest.fixture(scope="module")
def settings(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    data: Path = tmp_path_factory.mktemp("us")
    return Settings(data=data, database=module_url, port=free_port(), allow_private_targets=True)


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    with serving(build_app(settings), settings.port) as address:
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
        yield made


EASYPOST_CALLS = """
import json, os, easypost
client = easypost.EasyPostClient(os.environ["EASYPOST_KEY"], api_base=os.environ["BASE"] + "/v2")
codes = json.loads(os.environ["CODES"])
out = {}
made = [client.tracker.create(tracking_code=code, carrier="USPS") for code in codes]
out["made"] = made[0].to_dict()
out["again"] = client.tracker.create(tracking_code=codes[0], carrier="USPS").id
out["one"] = client.tracker.retrieve(made[0].id).to_dict()
page = client.tracker.all(page_size=2, tracking_codes=codes)
out["page"] = [one.tracking_code for one in page["trackers"]]
out["more"] = page["has_more"]
rest = client.tracker.get_next_page(page, page_size=2)
out["rest"] = [one.tracking_code for one in rest["trackers"]]
out["by_code"] = [one.id for one in client.tracker.all(tracking_code=codes[1])["trackers"]]
batch = client.tracker.retrieve_batch(tracking_codes=codes)
out["batch"] = [one.tracking_code for one in batch["trackers"]]
client.tracker.delete(made[2].id)

def fault(call):
    try:
        call()
    except easypost.errors.ApiError as error:
        return [type(error).__name__, error.http_status, error.code, error.message]

out["faults"] = [
    fault(lambda: client.tracker.retrieve(made[2].id)),
    fault(lambda: client.tracker.create(carrier="USPS")),
    fault(lambda: client.tracker.create(tracking_code="!")),
    fault(lambda: easypost.EasyPostClient("EZAKnobody", api_base=os.environ["BASE"] + "/v2")
          .tracker.all()),
]
hook = client.webhook.create(url=os.environ["SINK"], webhook_secret="s\\u00e9cret")
out["hook"] = hook.to_dict()
out["hooks"] = [one.id for one in client.webhook.all()["webhooks"]]
out["same"] = client.webhook.retrieve(hook.id).url
out["updated"] = client.webhook.update(hook.id, webhook_secret="n\\u00e9w").id
gone = client.webhook.create(url=os.environ["SINK"] + "/gone")
client.webhook.delete(gone.id)
out["left"] = [one.id for one in client.webhook.all()["webhooks"]]
print(json.dumps(out))
"""
VERIFY = """
import json, os, easypost
body = os.environ["BODY"].encode()
event = easypost.util.validate_webhook(body, {"X-Hmac-Signature": os.environ["SIGN"]}, "n\\u00e9w")
print(json.dumps(event))
"""


def test_easypost_client(shop: Shop, receiver: Sink) -> None:
    python = client(EASYPOST)
    codes = [shop.road() for _ in range(3)]

    out = run(python, EASYPOST_CALLS, CODES=json.dumps(codes), SINK=receiver.url,
              **shop.environment)  # fmt: skip

    assert out["made"]["status"] == "in_transit"
    assert out["made"]["status_detail"] == "arrived_at_facility"
    assert out["made"]["id"] == out["again"] == out["one"]["id"]
    assert out["one"]["tracking_details"][-1]["tracking_location"]["city"] == "Chicago"
    assert out["one"]["public_url"] == f"{shop.url}/t/{codes[0]}"
    assert (out["page"], out["more"]) == ([codes[2], codes[1]], True)
    assert codes[0] in out["rest"]
    assert len(out["by_code"]) == 1
    assert out["batch"] == codes
    assert [fault[:2] for fault in out["faults"]] == [
        ["NotFoundError", 404], ["InvalidRequestError", 422],
        ["InvalidRequestError", 422], ["UnauthorizedError", 401],
    ]  # fmt: skip
    assert all(fault[2] and fault[3] for fault in out["faults"])
    assert out["hook"]["object"] == "Webhook"
    assert out["hook"]["id"] in out["hooks"]
    assert out["same"] == receiver.url
    assert out["left"] == out["hooks"]

    before = len(receiver.got)
    shop.scan(codes[0], "delivered.signature", "2026-06-04T13:15:00-06:00", text="Delivered")
    got = receiver.wait(before + 1)[-1]
    event = run(python, VERIFY, BODY=got.body.decode(), SIGN=got.headers["x-hmac-signature"])
    assert (event["object"], event["description"]) == ("Event", "tracker.updated")
    assert event["result"]["status"] == "delivered"
    assert event["previous_attributes"]["status"] == "in_transit"
    shop.ep("DELETE", f"/webhooks/{out['hook']['id']}")


def test_easypost_first_event_and_no_signature_without_a_secret(shop: Shop, receiver: Sink) -> None:
    headers = [{"name": "X-Shop", "value": "7"}]
    made = shop.ep(
        "POST", "/webhooks", {"webhook": {"url": receiver.url, "custom_headers": headers}}
    )
    assert made.status_code == 201
    number = shop.road()

    assert shop.ep("POST", "/trackers", {"tracker": {"tracking_code": number}}).status_code == 201

    got = receiver.wait(1)[0]
    event = json.loads(got.body)
    assert (event["description"], event["result"]["carrier"]) == ("tracker.created", "USPS")
    assert "x-hmac-signature" not in got.headers
    assert got.headers["x-shop"] == "7"
    shop.ep("DELETE", f"/webhooks/{made.json()['id']}")


def test_easypost_signs_in_with_basic_too(shop: Shop) -> None:
    basic = base64.b64encode(f"{shop.easypost}:".encode()).decode()

    answer = httpx2.get(f"{shop.url}/v2/trackers", headers={"Authorization": f"Basic {basic}"})

    assert answer.status_code == 200


def test_easypost_tenants_and_faults(shop: Shop, other_shop: Shop, receiver: Sink) -> None:
    made = shop.ep("POST", "/trackers", {"tracker": {"tracking_code": shop.road()}}).json()
    hook = shop.ep("POST", "/webhooks", {"webhook": {"url": receiver.url}}).json()

    for path in (f"/trackers/{made['id']}", f"/webhooks/{hook['id']}"):
        for method in ("GET", "DELETE"):
            assert other_shop.ep(method, path).status_code == 404
    assert other_shop.ep("GET", "/trackers").json() == {"trackers": [], "has_more": False}
    asked = {"tracking_codes": [made["tracking_code"]]}
    assert other_shop.ep("POST", "/trackers/batch", asked).json()["trackers"] == []
    faults = [
        shop.ep("GET", "/trackers", key="nobody"),
        shop.ep("GET", "/trackers/trk_x"),
        shop.ep("POST", "/shipments", {"shipment": {}}),
        shop.ep("PUT", "/trackers", {}),
        shop.ep("GET", "/trackers?page_size=0"),
        shop.ep("GET", "/trackers?before_id=x"),
        shop.ep("POST", "/trackers", b"{"),
        shop.ep("POST", "/trackers", b"\xff"),
        shop.ep("POST", "/trackers", []),
        shop.ep("POST", "/trackers/batch", {}),
        shop.ep("POST", "/trackers/batch", {"tracking_codes": ["A1"] * 101}),
        shop.ep("POST", "/webhooks", {"webhook": {}}),
        shop.ep("POST", "/webhooks", {"webhook": {"url": "nowhere"}}),
    ]
    assert [one.status_code for one in faults] == [
        401, 404, 404, 404, 422, 422, 400, 400, 400, 422, 422, 422, 422,
    ]  # fmt: skip
    for one in faults:
        assert set(one.json()["error"]) == {"code", "message", "errors"}
    shop.ep("DELETE", f"/webhooks/{hook['id']}")


def test_easypost_pages_go_back_too(other_shop: Shop) -> None:
    shop = other_shop
    codes = [f"{next(_numbers)}0001" for _ in range(4)]
    ids = [shop.ep("POST", "/trackers", {"tracker": {"tracking_code": one}}).json()["id"]
           for one in codes]  # fmt: skip

    later = shop.ep("GET", f"/trackers?after_id={ids[0]}&page_size=2").json()

    assert [one["id"] for one in later["trackers"]] == [ids[2], ids[1]]
    assert later["has_more"] is True
    assert later["trackers"][0]["status"] == "unknown"


SHIPPO_CALLS = """
import json, os, shippo
from shippo.models import components, errors
api = shippo.Shippo(api_key_header="ShippoToken " + os.environ["SHIPPO_TOKEN"],
                    server_url=os.environ["BASE"])
number = os.environ["NUMBER"]
out = {}

def plain(track):
    status = track.tracking_status
    return {
        "carrier": track.carrier, "number": track.tracking_number, "messages": track.messages,
        "metadata": track.metadata, "status": status.status.value if status else None,
        "substatus": status.substatus.code if status else None,
        "history": [one.status.value for one in track.tracking_history],
        "city": status.location.city if status and status.location else None,
    }

out["made"] = plain(api.tracking_status.create(carrier="usps", tracking_number=number,
                                               metadata="order 71"))
out["got"] = plain(api.tracking_status.get(carrier="usps", tracking_number=number))
out["nothing"] = plain(api.tracking_status.get(carrier="usps", tracking_number="9400111"))
mock = lambda name: api.tracking_status.get(carrier="shippo", tracking_number="SHIPPO_" + name)
out["mocks"] = {
    name: plain(mock(name))["status"]
    for name in ("PRE_TRANSIT", "TRANSIT", "DELIVERED", "RETURNED", "FAILURE", "UNKNOWN")
}

def fault(call):
    try:
        call()
    except errors.SDKError as error:
        return [error.status_code, json.loads(error.body)]

other = shippo.Shippo(api_key_header="ShippoToken nobody", server_url=os.environ["BASE"])
out["faults"] = [
    fault(lambda: other.tracking_status.get(carrier="usps", tracking_number=number)),
    fault(lambda: api.tracking_status.create(carrier="", tracking_number=number)),
    fault(lambda: api.tracking_status.create(carrier="usps", tracking_number="!")),
    fault(lambda: api.tracking_status.get(carrier="shippo", tracking_number="SHIPPO_NO")),
    fault(lambda: api.webhooks.get_webhook(webhook_id="0" * 32)),
]
update = components.WebhookUpdateRequest
event = components.WebhookEventTypeEnum
hook = api.webhooks.create_webhook(request=update(event=event.TRACK_UPDATED,
                                                  url=os.environ["SINK"] + "/a", active=True))
out["listed"] = hook.object_id in [one.object_id for one in api.webhooks.list_webhooks().results]
out["url"] = api.webhooks.get_webhook(webhook_id=hook.object_id).url
changed = api.webhooks.update_webhook(
    webhook_id=hook.object_id,
    webhook_update_request=update(event=event.ALL, url=os.environ["SINK"], active=True))
out["event"] = changed.event
gone = api.webhooks.create_webhook(request=update(event=event.ALL, url=os.environ["SINK"] + "/g"))
api.webhooks.delete_webhook(webhook_id=gone.object_id)
out["left"] = [one.object_id for one in api.webhooks.list_webhooks().results]
out["hook"] = hook.object_id
print(json.dumps(out))
"""
READ_EVENT = """
import json, os
from shippo import utils
from shippo.models import components
event = utils.unmarshal_json(os.environ["BODY"], components.WebhookPayloadTrack)
print(json.dumps([event.event.value, event.data.tracking_status.status.value]))
"""


def test_shippo_client(shop: Shop, receiver: Sink) -> None:
    python = client(SHIPPO)
    number = shop.road()

    out = run(python, SHIPPO_CALLS, NUMBER=number, SINK=receiver.url, **shop.environment)

    assert out["made"] == {
        "carrier": "usps", "number": number, "messages": [], "metadata": "order 71",
        "status": "TRANSIT", "substatus": "package_arrived", "history": ["TRANSIT", "TRANSIT"],
        "city": "Chicago",
    }  # fmt: skip
    assert out["got"] == out["made"]
    assert (out["nothing"]["status"], out["nothing"]["history"]) == (None, [])
    assert out["mocks"] == {name: name for name in out["mocks"]}
    assert [status for status, _ in out["faults"]] == [401, 400, 400, 404, 404]
    assert out["faults"][1][1] == {"carrier": ["This field is required."]}
    assert (out["listed"], out["url"], out["event"]) == (True, f"{receiver.url}/a", "all")
    assert out["left"] == [out["hook"]]

    shop.scan(number, "delivered", "2026-06-04T13:15:00-06:00")
    got = receiver.wait(1)[-1]
    time, _, digest = got.headers["shippo-auth-signature"].partition(",v1=")
    signed = time.removeprefix("t=").encode() + b"." + got.body
    assert digest == hmac.new(shop.shippo.encode(), signed, "sha256").hexdigest()
    assert run(python, READ_EVENT, BODY=got.body.decode()) == ["track_updated", "DELIVERED"]
    shop.sh("DELETE", f"/webhooks/{out['hook']}")


def test_shippo_tenants_and_faults(shop: Shop, other_shop: Shop, receiver: Sink) -> None:
    number = shop.road()
    hook = shop.sh("POST", "/webhooks/", {"url": receiver.url, "event": "all"}).json()

    assert other_shop.sh("GET", f"/webhooks/{hook['object_id']}").status_code == 404
    assert other_shop.sh("GET", f"/tracks/usps/{number}").json()["tracking_status"] is None
    assert httpx2.get(f"{shop.url}/tracks/usps/{number}").json() == {
        "detail": "Authentication credentials were not provided."
    }
    form = httpx2.post(
        f"{shop.url}/tracks/",
        data={"carrier": "usps", "tracking_number": number},
        headers={"Authorization": f"ShippoToken {shop.shippo}"},
    )
    assert form.json()["tracking_status"]["status"] == "TRANSIT"
    faults = [
        shop.sh("POST", "/tracks", b"{"),
        shop.sh("POST", "/tracks", [1]),
        shop.sh("POST", "/tracks", {"carrier": "usps"}),
        shop.sh("POST", "/tracks", {"carrier": "usps", "tracking_number": number,
                                    "metadata": "x" * 101}),
        shop.sh("POST", "/webhooks", {"url": receiver.url, "event": "nothing"}),
        shop.sh("POST", "/webhooks", {"url": "nowhere", "event": "all"}),
        shop.sh("POST", "/webhooks", {"url": "https://x.example/" + "y" * 200, "event": "all"}),
        shop.sh("GET", "/tracks/usps/%21"),
    ]  # fmt: skip
    assert [one.status_code for one in faults] == [400] * len(faults)
    shop.sh("DELETE", f"/webhooks/{hook['object_id']}")


@pytest.mark.parametrize(("page", "package"), [("easypost", EASYPOST), ("shippo", SHIPPO)])
def test_the_docs_examples_for_the_vendors_client(
    shop: Shop, receiver: Sink, page: str, package: str
) -> None:
    """Those that `tests/docs` leaves out, as its Python does not have the clients."""
    text = (ROOT / "docs" / "dialects" / f"{page}.md").read_text("utf-8")
    blocks = re.findall(r"^```python no-test\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert blocks
    given = {"MILEPOST_URL": shop.url, "NUMBER": shop.road()} | shop.environment

    for block in blocks:
        run(client(package), f'{block}\nprint("null")', **given)
