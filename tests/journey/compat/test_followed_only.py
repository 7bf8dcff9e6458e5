"""A dialect's clients are told of what they follow; of all else nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from journey.compat.serving import Account, Served, receiver, served
from milepost.domain.event import key_of
from patience import until

pytest_plugins = ["pg"]
pytestmark = pytest.mark.server
FOLLOWED, OTHER = "YT7447447447001", "YT7447447447002"
ADDED = "shipment.event_added"


def scan(number: str, hour: int) -> dict[str, Any]:
    return {"number": number, "carrier": "yto", "code": "in_transit.moving",
            "occurred_at": f"2026-11-01T{hour:02}:00:00+08:00"}  # fmt: skip


def follow(one: Account, number: str) -> None:
    token = {"Authorization": f"ShippoToken {one.fields['token']}"}
    body = {"carrier": "yto", "tracking_number": number}
    answer = httpx2.post(f"{one.server.url}/tracks/", json=body, headers=token)
    assert answer.status_code in {200, 201}, answer.text


def hook(one: Account, url: str) -> None:
    token = {"Authorization": f"ShippoToken {one.fields['token']}"}
    body = {"url": url, "event": "track_updated"}
    answer = httpx2.post(f"{one.server.url}/webhooks", json=body, headers=token)
    assert answer.status_code == 201, answer.text


def wants(server: Served, tenant: int, number: str) -> bool:
    return server.milepost.engine.audience.wants(tenant, ADDED, number, key_of(tenant, number))


def tenant_of(server: Served, name: str) -> int:
    tenants = server.call(server.milepost.store.accounts.tenants())
    return next(number for number, called in tenants if called == name)


def test_of_numbers_that_nobody_follows_nothing_is_written(store_url: str, tmp_path: Path) -> None:
    with receiver(lambda _: (200, b"")) as good, served(store_url, tmp_path) as server:
        one = server.account("shippo", tenant="shop")
        me = tenant_of(server, "shop")
        hook(one, good.url)
        assert not wants(server, me, FOLLOWED)
        follow(one, FOLLOWED)
        assert (wants(server, me, FOLLOWED), wants(server, me, OTHER)) == (True, False)
        one.scan(scan(FOLLOWED, 9), scan(OTHER, 9))
        until(lambda: any(json.loads(body)["data"]["tracking_history"] for _, _, body in good.got))
        assert {line["number"] for line in one.deliveries()} == {FOLLOWED}

        follow(one, OTHER)
        one.scan(scan(OTHER, 10))
        until(lambda: OTHER in _numbers(good))

    with served(store_url, tmp_path) as server:
        assert (wants(server, me, FOLLOWED), wants(server, me, OTHER)) == (True, True)
        assert not wants(server, me, "YT7447447447003")


def _numbers(given: Any) -> set[str]:
    return {json.loads(body)["data"]["tracking_number"] for _, _, body in given.got}
