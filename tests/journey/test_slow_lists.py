"""What cannot be listed in time is said, in the console and by the API; nothing else fails."""

from __future__ import annotations

from typing import Any

import pytest

from journey.console_person import Person
from journey.running import NOW, Running
from milepost.engine.rows import SlowListError

pytest_plugins = ["pg"]


async def _slow(*_: Any, **__: Any) -> Any:
    raise SlowListError


def test_a_list_that_takes_too_long_says_so(app: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    app.clock.now = NOW
    person = Person(app, "slow lists", "admin")
    person.post("/console/views", page="shipments", name="Mine", query="main=in_transit")
    outlooks = next(
        one.services.outlooks for one in app.milepost.features if hasattr(one, "worrying")
    )
    monkeypatch.setattr(outlooks, "list", _slow)
    monkeypatch.setattr(outlooks, "count", _slow)
    monkeypatch.setattr(app.milepost.store.ledger, "list_shipments", _slow)

    page = person.client.get("/console/shipments?to=Lyon&q=YT", headers={"Accept-Language": "de"})
    plain = person.get("/console/shipments")
    rows = person.client.get("/console/shipments?q=YT", headers={"X-Part": "rows"})
    found = person.client.get("/console/find?q=YT88", headers={"X-Part": "palette"})
    answer = app.caller("slow lists").get("/v1/shipments", params={"text": "YT", "carrier": "sf"})

    assert (page.status_code, plain.status_code, rows.status_code) == (200, 200, 200)
    assert "zu viele Sendungen" in page.text
    assert 'value="Lyon"' in page.text  # what was asked is still there, to be changed
    assert "Too many shipments" in rows.text
    assert "Mine" in plain.text
    assert "…" in plain.text
    assert found.status_code == 200
    assert (answer.status_code, answer.json()["title"]) == (422, "Unprocessable Entity")
    assert "fewer or narrower" in answer.json()["detail"]
