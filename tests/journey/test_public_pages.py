"""The public pages of a running server: masked, limited, and of nobody in particular."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from milepost.settings import Settings
from milepost.wiring import build_app

pytest_plugins = ["pg"]
NUMBER = "YT8000000000888"
SCAN = {
    "number": NUMBER,
    "carrier": "yto",
    "occurred_at": "2026-11-20T10:00:00+08:00",
    "text": "【杭州西湖区公司】派件员张三（13812345678）正在派件",
}


@pytest.fixture
def client(store_url: str, tmp_path):
    settings = Settings(data=tmp_path, database=store_url, public_requests_per_s=1, public_burst=8)
    with TestClient(build_app(settings)) as client:
        yield client


def key_of(client: TestClient) -> str:
    from milepost.web.auth import hash_of

    accounts = client.app.state.milepost.store.accounts
    portal = client.portal
    tenant = portal.call(accounts.tenant, "shop")
    portal.call(accounts.add_key, tenant, hash_of("mp_test"), "test")
    portal.call(client.app.state.milepost._know_tenants)
    return "mp_test"


def test_a_page_shows_the_road_without_personal_data(client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {key_of(client)}"}
    assert client.post("/v1/scans", json=[SCAN], headers=headers).json()["accepted"] == 1

    page = client.get(f"/t/{NUMBER}?lang=zh")

    assert page.status_code == 200
    assert "派送中" in page.text
    assert "13812345678" not in page.text
    assert "张三" not in page.text


def test_a_number_without_a_record_is_explained(client: TestClient) -> None:
    page = client.get("/t/RB123456789GB?lang=en")

    assert page.status_code == 404
    assert "RB123456789GB" in page.text


def test_look_ups_are_limited_by_address(client: TestClient) -> None:
    answers = [client.get("/").status_code for _ in range(12)]

    assert answers.count(200) >= 8
    assert answers[-1] == 429


def test_the_api_is_not_limited_with_the_pages(client: TestClient) -> None:
    assert all(client.get("/healthz").status_code == 200 for _ in range(20))


def test_an_order_number_finds_all_shipments_of_the_order(client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {key_of(client)}"}
    orders = [{"number": one, "order_number": "#1001"} for one in (NUMBER, "YT8000000000889")]
    client.post("/v1/shipments", json=orders, headers=headers)

    page = client.get("/t/%231001?lang=en")

    assert page.url.path == "/"
    assert "/t/YT8000000000889" in page.text
    assert f"/t/{NUMBER}" in page.text
