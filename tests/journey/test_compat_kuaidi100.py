"""Kuaidi100's wire against the running application: queries, subscriptions, pushes, errors."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx2
import pytest

from clients import Sink, free_port, serving, sink
from milepost.compat import kuaidi100
from milepost.settings import Settings
from milepost.wiring import Milepost, build_app

pytest_plugins = ["pg"]
TAKEN = (200, '{"result":true,"returnCode":"200","message":"成功"}'.encode())
_numbers = count(8800112233000)


class Clock:
    ahead_us = 0

    def us(self) -> int:
        return time.time_ns() // 1_000 + self.ahead_us


@dataclass
class Shop:
    """A merchant that talks Kuaidi100 and nothing else."""

    url: str
    tenant: int
    customer: str
    key: str
    secret: str
    milepost: Milepost

    def query(self, path: str = "/poll/query.do", **param: Any) -> dict[str, Any]:
        text = json.dumps(param, ensure_ascii=False)
        return self.form(path, {"customer": self.customer, "param": text,
                                "sign": md5_of(text, self.key, self.customer)})  # fmt: skip

    def poll(self, path: str = "/poll", **param: Any) -> dict[str, Any]:
        text = json.dumps({"key": self.key} | param, ensure_ascii=False)
        return self.form(path, {"schema": "json", "param": text})

    def form(self, path: str, fields: dict[str, str]) -> dict[str, Any]:
        answer = httpx2.post(self.url + path, data=fields, timeout=20)
        assert answer.status_code == 200
        return answer.json()

    def get(self, path: str, **fields: str) -> Any:
        answer = httpx2.get(self.url + path, params=fields, timeout=20)
        assert answer.status_code == 200
        return answer.json()

    def scan(self, number: str, code: str, at: str, **more: Any) -> None:
        """What the carrier tells Milepost."""
        scan = {"number": number, "carrier": "yto", "code": code, "occurred_at": at, **more}
        answer = httpx2.post(
            f"{self.url}/v1/scans", json=[scan], headers={"Authorization": f"Bearer {self.native}"}
        )
        assert answer.status_code == 202, answer.text
        assert answer.json()["rejected"] == []

    native: str = ""


def md5_of(*texts: str) -> str:
    return md5("".join(texts).encode()).hexdigest().upper()


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def server(
    module_url: str, clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Any]]:
    port = free_port()
    settings = Settings(
        data=tmp_path_factory.mktemp("k100"),
        database=module_url,
        port=port,
        allow_private_targets=True,
    )
    app = build_app(settings, clock.us)
    with serving(app, port) as url:
        yield url, app


@pytest.fixture
def shop(server: tuple[str, Any]) -> Shop:
    return _shop(server)


def _shop(server: tuple[str, Any]) -> Shop:
    from clients import call  # noqa: PLC0415

    return call(server, _made)


@pytest.fixture
def receiver() -> Iterator[Sink]:
    with sink() as made:
        made.answer = TAKEN
        yield made
