"""Somebody who works in the console."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from starlette.testclient import TestClient

from journey.running import Running
from milepost.pages.console.access.sessions import new_link
from milepost.stores.postgres.users import Users

CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
_TURNS = count(1)


class Person:
    """Somebody of a company, signed in."""

    def __init__(self, app: Running, tenant: str, role: str) -> None:
        self.app, self.company, self.turn = app, tenant, next(_TURNS)
        self.email = f"{role}.{self.turn}@rights.example"
        self.users = Users(app.milepost.store.pool)
        self.tenant = app.call(app.milepost.store.accounts.tenant, tenant)
        self.id = app.call(self.users.add, self.tenant, self.email, role)
        self.client = self.browser()
        self.come_in()

    def browser(self) -> TestClient:
        client = TestClient(
            self.app.client.app, follow_redirects=False, client=(f"198.51.100.{self.turn}", 50_000)
        )
        client.portal = self.app.client.portal
        return client

    def come_in(self) -> None:
        assert self.get(self.link()).headers["location"] == "/console"

    def link(self) -> str:
        return str(self.app.call(new_link, self.users, self.id))

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def post(self, path: str, csrf: bool = True, **fields: Any) -> Any:
        token = {"csrf": CSRF.findall(self.get("/console/account").text)[0]} if csrf else {}
        return self.client.post(path, data=token | fields)
