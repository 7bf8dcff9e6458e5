"""Where the world has changed, in the console's overview of figures."""

from __future__ import annotations

from itertools import count

import pytest

from journey.console_person import Person
from journey.running import Running
from milepost.locale import LOCALES

pytest_plugins = ["pg"]
LANE = ("", "sf", "CN", "DE")
_FIRMS = count(1)


def changed(app: Running, tenant: int, *groups: tuple[str, ...], times: float) -> None:
    """Four hundred made-up deliveries as foretold, then sixty that took so many times as long."""
    foresight = app.milepost.engine.queries.foresight
    drift = foresight.of(tenant).table.drift
    for group in groups:
        for place in range(460):
            days = (8 + place % 5) * (times if place >= 400 else 1)
            drift.learn(group, 10.0, 13.0, days)


@pytest.fixture
def person(app: Running) -> Person:
    return Person(app, f"Drift {next(_FIRMS)}", "viewer")


def test_what_has_changed_stands_above_the_figures(app: Running, person: Person) -> None:
    assert "What has changed lately" not in person.get("/console/analytics").text

    changed(app, person.tenant, LANE, ("",), times=2)
    page = person.get("/console/analytics").text
    assert "What has changed lately" in page
    assert "China – Germany" in page
    assert "All carriers" in page
    assert 'href="/console/analytics/transit?by=lane&amp;carrier=sf&amp;origin=CN' in page
    assert page.index("What has changed lately") < page.index('class="cards"')
    # A second of each: that it takes longer, and that windows end too early.
    assert page.count("of the usual time") == 2
    assert page.count("come after the end of their window") == 2
    assert person.get("/console/analytics/transit?by=lane&carrier=sf&origin=CN").status_code == 200

    stranger = Person(app, f"Calm {next(_FIRMS)}", "viewer")
    assert "What has changed lately" not in stranger.get("/console/analytics").text


def test_it_is_told_in_every_language(app: Running, person: Person) -> None:
    changed(app, person.tenant, LANE, times=0.4)
    for locale in LOCALES:
        person.client.cookies.set("lang", locale)
        page = person.client.get("/console/analytics", headers={"accept-language": locale}).text
        assert 'id="drift"' in page
        assert "drift." not in page.partition('id="drift"')[2][:2_000].replace("drift.css", "")
